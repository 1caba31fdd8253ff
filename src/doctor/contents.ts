import { printable } from '../wire/printable.ts';
import type { Facts, Look } from './facts.ts';
import { fingerprintOf, isOneSite, type Fingerprint } from './fingerprint.ts';
import type { Examined, Finding } from './finding.ts';
import { listOf } from './list-of.ts';

/** A secondary with what its page is recognized by. */
interface Shown {
  readonly look: Look;
  readonly status: number;
  readonly page: Fingerprint;
}

/** Whether all secondaries show the same site: a port that was forwarded to the wrong machine looks healthy. */
export const contents = ({ looks, settings }: Facts): Examined => {
  const shown = looks.filter(isExpected).flatMap(shownBy);
  const path = printable(settings.landing);
  // of one that fails its ping everything is said already
  const failing = shown.filter(({ look, status }) => status >= 400 && look.ping.ok);
  const byStatus = Map.groupBy(failing, ({ status }) => status);
  const findings: Finding[] = [...byStatus].map(([status, those]) => ({
    hurts: 'some',
    about: 'content',
    what: `${listOf(those.map(idOf))} ${those.length === 1 ? 'passes its ping' : 'pass their ping'}, but the landing page ${path} is answered with HTTP ${status}.`,
    remedy: `Mend the page, set "landing" to one that every secondary has, or let the ping ask for ${path}.`,
  }));
  const groups = grouped(shown.filter(({ status }) => status < 300));
  const [most = [], ...others] = groups;
  const isTied = others[0]?.length === most.length;
  for (const group of isTied ? [] : others) {
    findings.push({
      hurts: 'some',
      about: 'content',
      what: `${listOf(group.map(idOf))} ${group.length === 1 ? 'shows' : 'show'} another site (${described(group)}) at ${path} than ${listOf(most.map(idOf))} (${described(most)}): the wrong server may be behind ${group.length === 1 ? 'its port' : 'their ports'}.`,
      remedy: `Look at ${listOf(group.map(({ look }) => look.secondary.at))}: if that is another machine than meant, set "at" and the router's forwarding right.`,
    });
  }
  if (isTied) {
    findings.push({
      hurts: 'some',
      about: 'content',
      what: `The secondaries show different sites at ${path}: ${groups.map((group) => `${listOf(group.map(idOf))} ${described(group)}`).join(', ')}. The wrong server may be behind one of their ports.`,
      remedy:
        'Look at each; where one is another machine than meant, set "at" and the router\'s forwarding right.',
    });
  }
  return {
    findings,
    ...(shown.length > 0 ? { fine: `content: the secondaries show the same site at ${path}` } : {}),
  };
};

/** A backup may be a mere sorry server, one in maintenance anything. */
const isExpected = ({ secondary, isUsher }: Look): boolean =>
  secondary.state !== 'maintenance' && secondary.role === 'active' && !isUsher;

const idOf = ({ look }: Shown): string => look.secondary.id;

const shownBy = (look: Look): readonly Shown[] => {
  const answer = look.pages.at(-1)?.answer;
  if (answer?.ok !== true) return [];
  const page = fingerprintOf(answer.body, answer.headers['content-type']);
  return [{ look, status: answer.status, page }];
};

/** Those of one site together, the largest group first. */
const grouped = (shown: readonly Shown[]): readonly (readonly Shown[])[] => {
  const groups: (readonly [Shown, ...Shown[]])[] = [];
  for (const each of shown) {
    const at = groups.findIndex(([first]) => isOneSite(first.page, each.page));
    const group = groups[at];
    if (group === undefined) groups.push([each]);
    else groups[at] = [...group, each];
  }
  return groups.toSorted((one, other) => other.length - one.length);
};

const described = ([first]: readonly Shown[]): string => {
  const { title = '', kind = '', words = new Set<string>() } = first?.page ?? {};
  if (title !== '') return `titled "${printable(title)}"`;
  const some = printable([...words].slice(0, 6).join(' '));
  return some === '' ? kind || 'an empty page' : `beginning with "${some}"`;
};
