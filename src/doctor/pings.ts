import { inWords } from '../verdicts/because.ts';
import type { Facts } from './facts.ts';
import type { Examined, Finding } from './finding.ts';
import { listOf } from './list-of.ts';

/** Whether the secondaries that should serve pass their ping. */
export const pings = ({ looks, unseen }: Facts): Examined => {
  const serving = looks.filter(({ secondary }) => secondary.state !== 'maintenance');
  const down = serving.filter(({ ping }) => !ping.ok);
  const isNobodyLeft = serving.length > 0 && unseen.length === 0 && down.length === serving.length;
  const findings: Finding[] = down.map(({ secondary, ping }) => ({
    hurts: isNobodyLeft ? 'everybody' : 'some',
    about: 'ping',
    what: `${secondary.id} fails its ping (${inWords(ping)}), so ${isNobodyLeft ? 'no one is left to take visitors' : 'its visitors are sent to others'}.`,
    remedy: `Start the web server at ${secondary.at}, or put the secondary into maintenance: usher maintenance ${secondary.id}`,
  }));
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
