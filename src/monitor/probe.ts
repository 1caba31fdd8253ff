import type { Check } from '../checks/check.ts';
import type { SecondarySettings } from '../config/settings.ts';
import type { Journal } from '../journal.ts';
import type { LoadReader, Reading } from '../loads/load-reader.ts';
import type { Dice } from '../model/clock.ts';
import type { Observation, Outcome } from '../model/outcome.ts';
import type { LoadNews, Probe } from '../model/probe.ts';
import { makeFrom, type Registry } from '../unit.ts';
import { failureOf } from '../wire/failure.ts';
import type { Failed, Wire } from '../wire/wire.ts';
import { apart } from './one-line.ts';

/** What every monitor asks with. */
export interface ProbeMeans {
  readonly checks: Registry<Check>;
  readonly loads: Registry<LoadReader>;
  readonly wire: Wire;
  readonly dice: Dice;
  readonly journal: Journal;
}

/** How much longer than its time a question may take before it is given up: a check that forgets its time. */
const PATIENCE_MS = 500;

/**
 * How one secondary is asked; its check and load reader are made once.
 *
 * @param wires what the two questions go over; absent: each goes for itself
 */
export const createProbe = (
  secondary: Pick<SecondarySettings, 'id' | 'at' | 'ping' | 'load' | 'timeoutMs'>,
  { checks, loads, wire, journal }: ProbeMeans,
  wires = apart(wire),
): Probe => {
  const { id, at, ping, load, timeoutMs } = secondary;
  const subject = { id, at, timeoutMs };
  const check = makeFrom(checks, ping);
  const reader = load === undefined ? undefined : makeFrom(loads, load);
  const { clock } = wire;

  const ask = <Answer>(question: () => Promise<Answer>, name: string): Promise<Answer | Failed> =>
    inTime(question, timeoutMs + PATIENCE_MS).catch((error: unknown): Failed => {
      const failed = failureOf(error);
      // A module that could not be loaded, for instance: no bug.
      if (failed.failure === 'exhausted') return failed;
      journal({ type: 'bug', where: `${name} of ${id}`, error: String(error) });
      return { ok: false, failure: 'garbage', detail: 'the check itself failed, see the journal' };
    });

  return {
    ping: async () => {
      const askedAt = clock.now();
      const answer = await ask(() => check(subject, wires.ping), ping.name);
      const seenAt = clock.now();
      const outcome: Outcome = 'tookMs' in answer ? answer : { ...answer, tookMs: seenAt - askedAt };
      return { secondary: id, check: ping.name, at: seenAt, outcome };
    },
    load: async (pinged) => {
      if (load === undefined || reader === undefined) return answerTime(await pinged);
      if (wires.isOne() && !(await pinged).outcome.ok) return { kind: 'none' };
      const reading: Reading = await ask(() => reader(subject, wires.load), load.name);
      if (reading.ok) return { kind: 'report', report: reading.report };
      return reading.failure === 'exhausted'
        ? { kind: 'none' }
        : { kind: 'failure', because: `${reading.failure}: ${reading.detail}` };
    },
  };
};

/** The load of a secondary that is not asked for one: the time its ping took. */
const answerTime = ({ at, outcome }: Observation): LoadNews =>
  outcome.ok ? { kind: 'report', report: { at, answerMs: outcome.tookMs } } : { kind: 'none' };

const inTime = <Answer>(question: () => Promise<Answer>, withinMs: number): Promise<Answer | Failed> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      resolve({ ok: false, failure: 'timeout', detail: `no answer within ${String(withinMs)} ms` });
    }, withinMs);
    timer.unref();
    // Begun in a promise of its own: a check that throws before its first await is a bug like any other.
    void Promise.resolve()
      .then(question)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
