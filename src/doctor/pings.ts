import { inWords } from '../verdicts/because.ts';
import type { Facts, Look } from './facts.ts';
import type { Examined, Finding } from './finding.ts';
import { listOf } from './list-of.ts';

/** Whether the secondaries that should serve pass their ping. */
export const pings = ({ looks, unseen }: Facts): Examined => {
  const serving = looks.filter(({ secondary }) => secondary.state !== 'maintenance');
  const down = serving.filter(({ ping }) => !ping.ok);
  const isNobodyLeft = serving.length > 0 && unseen.length === 0 && down.length === serving.length;
  const byFailure = Map.groupBy(down, ({ ping }) => (ping.ok ? '' : ping.failure));
  const findings = [...byFailure.values()].map((those) => told(those, isNobodyLeft ? 'everybody' : 'some'));
  if (unseen.length > 0) {
    findings.push({
      hurts: 'nobody',
      about: 'time',
      what: `${listOf(unseen)} ${unseen.length === 1 ? 'was' : 'were'} not looked at: the others took too long.`,
      remedy: 'Mend what is said of the others and run usher doctor again.',
    });
  }
  return {
    findings,
    fine: `ping: ${serving.length === 1 ? '1 secondary passes' : `all ${serving.length} secondaries pass`}`,
  };
};

/** One finding for all that fail in the same way. */
const told = (looks: readonly Look[], hurts: 'everybody' | 'some'): Finding => {
  const [first] = looks;
  const ids = listOf(looks.map(({ secondary }) => secondary.id));
  const fail = looks.length === 1 ? 'fails its ping' : 'fail their ping';
  const because = first === undefined ? '' : inWords(first.ping);
  const outcome =
    hurts === 'everybody' ? 'no one is left to take visitors' : 'their visitors are sent to others';
  return {
    hurts,
    about: 'ping',
    what: `${ids} ${fail} (${because}): ${outcome}.`,
    remedy: `${remedyOf(looks)}, or put ${looks.length === 1 ? 'it' : 'each'} into maintenance: usher maintenance ${first?.secondary.id ?? 'ID'}`,
  };
};

/** What to do about those that fail in the same way. */
const remedyOf = (looks: readonly Look[]): string => {
  const ping = looks[0]?.ping;
  const places = listOf(looks.map(({ secondary }) => secondary.at));
  switch (ping === undefined || ping.ok ? undefined : ping.failure) {
    case 'redirected':
      return `Let the ping ask for a page that ${places} ${looks.length === 1 ? 'answers itself' : 'answer themselves'} ("ping": { "http": "/path" })`;
    case 'status':
    case 'text-missing':
    case 'too-large':
    case 'garbage':
      return `See why ${places} ${looks.length === 1 ? 'answers' : 'answer'} so, or name another page ("ping": { "http": "/path" })`;
    case 'tls':
      return `Mend the certificate of ${places}: what the primary does not trust, browsers do not either`;
    case 'unresolved':
      return `Enter the name of ${places} into the DNS or /etc/hosts, or give an address in "at"`;
    case 'timeout':
    case 'reset':
    case 'unreachable':
      return `See whether ${places} ${looks.length === 1 ? 'is' : 'are'} switched on and what the firewall lets through`;
    case 'exhausted':
      return 'Let Usher have more open files (ulimit -n, LimitNOFILE=) and look for what uses up ports or memory here';
    case 'command':
      return `Run the command of the ping yourself, as the user that Usher runs as`;
    case 'refused':
    case undefined:
      return `Start what should answer at ${places}`;
  }
};
