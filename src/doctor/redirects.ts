import { BAD_PORTS } from '../config/bad-ports.ts';
import { printable } from '../wire/printable.ts';
import { isSeen, type Facts, type Look, type Seen } from './facts.ts';
import type { Examined, Finding } from './finding.ts';
import { isThrough } from './guard.ts';
import { isPrimary } from './is-primary.ts';
import { whereTo } from './where-to.ts';

const OWN_ADDRESS =
  'Let it redirect without naming itself: Apache "UseCanonicalName Off" and "UseCanonicalPhysicalPort Off", nginx "absolute_redirect off", an application by paths instead of whole URLs.';

/**
 * Whether secondaries keep the visitors they are sent: none is the primary itself, none redirects elsewhere. A guard sends
 * only those through the primary who were not.
 */
export const redirects = (facts: Facts): Examined => ({
  findings: facts.looks.flatMap((look) => [...circle(look), ...elsewhere(look, facts)]),
  ...(facts.looks.some(isSeen) ? { fine: 'redirects: every secondary keeps its visitors' } : {}),
});

const circle = ({ secondary, isUsher }: Look): readonly Finding[] =>
  isUsher
    ? [
        {
          hurts: 'some',
          about: 'loop',
          what: `Behind ${secondary.id} (${secondary.at}) answers an Usher, this one or another: visitors are sent round in a circle.`,
          remedy: `Give ${secondary.id} the "port" and "at" of a web server, or take it out of the list.`,
        },
      ]
    : [];

const elsewhere = (look: Look, facts: Facts): readonly Finding[] => {
  if (look.isUsher) return [];
  const told = new Set<string>();
  const findings: Finding[] = [];
  for (const seen of [...look.pages, ...look.folders]) {
    const to = whereTo(seen, look.visited);
    if (to === undefined || to.origin === look.visited || told.has(to.origin)) continue;
    if (isThrough(to) && isPrimary(to, facts)) continue;
    told.add(to.origin);
    findings.push(judge(look, { seen, to }, facts));
  }
  return findings;
};

const judge = (
  { secondary, visited }: Look,
  { seen, to }: { readonly seen: Seen; readonly to: URL },
  facts: Facts,
): Finding => {
  const { id } = secondary;
  const asked = `${id} answers ${printable(seen.path)} with a redirect to ${printable(to.href)}`;
  const finding = { hurts: 'some', about: 'redirect' } as const;
  if (isPrimary(to, facts)) {
    return {
      ...finding,
      about: 'loop',
      what: `${asked}, which is the primary: its visitors are sent back where they come from.`,
      remedy: OWN_ADDRESS,
    };
  }
  const other = facts.looks.find((each) => each.visited === to.origin);
  if (other !== undefined) {
    return {
      ...finding,
      what: `${asked}, which is ${other.secondary.id}: its visitors end up there whatever was chosen for them.`,
      remedy: OWN_ADDRESS,
    };
  }
  const port = Number(to.port || (to.protocol === 'https:' ? 443 : 80));
  if (BAD_PORTS.has(port)) {
    return { ...finding, what: `${asked}; browsers refuse port ${port}.`, remedy: OWN_ADDRESS };
  }
  if (to.hostname === new URL(visited).hostname) {
    const way = to.protocol === 'https:' && visited.startsWith('http:') ? 'by https' : `on port ${port}`;
    return {
      ...finding,
      what: `${asked}. Visitors know it as ${visited}; ${way} no secondary is listed, and where nothing is forwarded they find nobody.`,
      remedy: OWN_ADDRESS,
    };
  }
  return {
    ...finding,
    what: `${asked}, another host than the ${facts.host} that was asked for: its visitors leave the cluster.`,
    remedy: `${OWN_ADDRESS} If visitors know the cluster as ${printable(to.hostname)}, ask again with --as ${printable(to.hostname)}, or list it in "names".`,
  };
};
