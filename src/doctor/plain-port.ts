import type { Facts, NameSeen, Reached } from './facts.ts';
import type { Examined, Finding } from './finding.ts';
import { listOf } from './list-of.ts';

/** Where browsers go when somebody types a name without a port. */
export const PLAIN_PORT = 80;

/** Whether a primary listens there; of a socket that the service manager opened nobody can tell. */
export const listensOnPlainPort = ({ listen }: Pick<Facts['settings'], 'listen'>): boolean =>
  listen.some(({ port, fd }) => port === PLAIN_PORT || fd !== undefined);

/** Whether visitors who type no port come to the primary, where it does not listen on port 80 itself. */
export const plainPort = ({ settings, names }: Facts): Examined => {
  if (listensOnPlainPort(settings)) return { findings: [] };
  const ports = listOf(settings.listen.map(({ port }) => String(port)));
  if (names.length === 0) {
    const what = `Usher listens on port ${ports} and not on ${PLAIN_PORT}: visitors must type the port, unless the router forwards port ${PLAIN_PORT} to it.`;
    return { findings: [{ hurts: 'nobody', about: 'port 80', what, remedy: REMEDY }] };
  }
  const findings = names.flatMap((seen) => (seen.plain ?? []).flatMap((each) => judge(seen, each, settings)));
  return { findings, fine: `port 80: it leads to Usher by ${listOf(names.map(({ name }) => name))}` };
};

const REMEDY =
  'Let it listen on port 80 too, or forward port 80 to it: on the router, or by nftables (redirect) on this machine.';

const judge = (
  { name, isOwn }: NameSeen,
  { family, isUsher, failed }: Reached,
  { listen }: Facts['settings'],
): readonly Finding[] => {
  if (isUsher === true) return [];
  const about = 'port 80';
  const url = `http://${name}/`;
  if (failed === undefined) {
    const what = `${url} is answered, by IPv${family}, by a server that is not Usher: who types no port never comes to it.`;
    const remedy = `Stop that server where it runs here (ss -ltnp shows it), or move it to another port and list it. ${REMEDY}`;
    return [{ hurts: 'everybody', about, what, remedy }];
  }
  if (!isOwn) {
    const what = `Usher does not listen on port ${PLAIN_PORT}, and ${url} does not answer from here (${failed.failure}): whether the router forwards it cannot be known from inside.`;
    const remedy = `Open ${url} from outside, such as from a phone without Wi-Fi. ${REMEDY}`;
    return [{ hurts: 'nobody', about, what, remedy }];
  }
  const isTls = listen.some(({ port, tls }) => port === 443 && tls !== undefined);
  const what = `Nobody answers at ${url}, by IPv${family} (${failed.failure}): ${isTls ? 'browsers that do not try https first' : 'visitors who type no port'} find nothing.`;
  return [{ hurts: isTls ? 'some' : 'everybody', about, what, remedy: REMEDY }];
};
