import { isSeen, type Facts, type Look } from './facts.ts';
import type { Examined, Finding } from './finding.ts';
import { listOf } from './list-of.ts';

/** Whether a secondary makes browsers ask by https where only http is spoken. */
export const upgrades = (facts: Facts): Examined => ({
  findings: facts.looks.flatMap((look) => [...strictTransport(look, facts), ...insecureRequests(look)]),
  ...(facts.looks.some(isSeen)
    ? { fine: 'https: no secondary turns the plain ports of its host into https' }
    : {}),
});

const strictTransport = (look: Look, { looks, settings, host }: Facts): readonly Finding[] => {
  const policy = headersOf(look, 'strict-transport-security').find((text) => maxAgeOf(text) > 0);
  if (policy === undefined) return [];
  const { id } = look.secondary;
  const remedy = `Take Strict-Transport-Security out of the configuration of ${id}, or serve every port of the host by https.`;
  const own = new URL(look.visited);
  if (own.protocol !== 'https:') {
    const what = `${id} sends Strict-Transport-Security over plain http. Browsers heed it only over https; the day this host speaks https, it turns all of its ports into https.`;
    return [{ hurts: 'nobody', about: 'hsts', what, remedy }];
  }
  const covers = (name: string): boolean =>
    name === own.hostname || (/includesubdomains/i.test(policy) && name.endsWith(`.${own.hostname}`));
  const isDoorPlain =
    [host, ...(settings.names ?? [])].some(covers) && settings.listen.some((door) => isLost(door, settings));
  const victims = looks
    .filter(({ visited }) => visited.startsWith('http:') && covers(new URL(visited).hostname))
    .map(({ secondary }) => secondary.id);
  if (victims.length === 0 && !isDoorPlain) return [];
  const plain = [...(isDoorPlain ? ['the primary'] : []), ...victims];
  const what = `${id} sends Strict-Transport-Security: a browser that was there once asks every port of ${own.hostname} by https, and ${listOf(plain)} speak${plain.length > 1 ? '' : 's'} plain http.`;
  return [{ hurts: isDoorPlain ? 'everybody' : 'some', about: 'hsts', what, remedy }];
};

type Listen = Facts['settings']['listen'][number];

/** Whether a browser that asks by https instead finds nobody: of port 80 it asks 443, of any other the same one (RFC 6797, 8.3). */
const isLost = ({ port, tls }: Listen, { listen }: Facts['settings']): boolean =>
  tls === undefined &&
  !listen.some((other) => other.tls !== undefined && other.port === (port === 80 ? 443 : port));

const META = /<meta[^<>]{0,500}upgrade-insecure-requests/i;

const insecureRequests = (look: Look): readonly Finding[] => {
  if (!look.visited.startsWith('http:')) return [];
  const byHeader = headersOf(look, 'content-security-policy').some((text) =>
    /upgrade-insecure-requests/i.test(text),
  );
  const byPage = look.pages.some(({ answer }) => answer.ok && META.test(answer.body));
  if (!byHeader && !byPage) return [];
  const { id } = look.secondary;
  return [
    {
      hurts: 'some',
      about: 'https',
      what: `${id} is visited by plain http, and ${byHeader ? 'its Content-Security-Policy says' : 'its page says in a meta element'} upgrade-insecure-requests: browsers ask its port for pictures, scripts and further pages by https, and get nothing.`,
      remedy: `Take upgrade-insecure-requests out of the policy of ${id} (helmet sends it by default).`,
    },
  ];
};

const headersOf = ({ pages }: Look, name: string): readonly string[] =>
  pages.flatMap(({ answer }) => (answer.ok ? (answer.headers[name] ?? []) : []));

const maxAgeOf = (policy: string): number =>
  Number(/max-age\s{0,9}=\s{0,9}"?(\d{1,12})/i.exec(policy)?.[1] ?? 0);
