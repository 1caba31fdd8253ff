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
    remedy: `Start what should answer at ${listOf(looks.map(({ secondary }) => secondary.at))}, or put it into maintenance: usher maintenance ${first?.secondary.id ?? 'ID'}`,
  };
};
