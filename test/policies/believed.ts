import { isNonEmpty, type NonEmpty } from '../../src/model/non-empty.ts';
import type { LoadReport } from '../../src/model/load-report.ts';
import type { Candidate, Draw, FadingCounts, Policy, Prepared } from '../../src/model/policy.ts';
import { believe } from '../../src/policies/balance/believe.ts';
import { countVisitor, fadingLength, openFading } from '../../src/policies/balance/fading.ts';
import { learn } from '../../src/policies/balance/learn.ts';
import { emptyMemory } from '../../src/policies/balance/memory.ts';
import { weigh } from '../../src/policies/balance/weigh.ts';
import { drawOf, poolOf, seeded } from './pool-of.ts';

/** Empty fading counts, one for each thread. */
export const emptyCounts = (slots: number, threads = 1): readonly FadingCounts[] =>
  Array.from({ length: threads }, () => openFading(new Float64Array(fadingLength(slots)), 0, slots));

/** A primary in miniature: what it is told, what it learns of it, and whom it sends where. Times in milliseconds. */
export interface Primary {
  readonly counts: readonly FadingCounts[];
  /** Secondaries report; `undefined`: that one does not. */
  readonly hear: (now: number, loads: readonly (Omit<LoadReport, 'at'> | undefined)[]) => void;
  readonly beliefs: () => ReturnType<typeof believe>;
  readonly candidates: () => NonEmpty<Candidate>;
  readonly prepared: (policy?: Policy) => Prepared;
  /** Sends one visitor and says to whom; the policy is prepared once for each report. */
  readonly send: (now: number, policy?: Policy) => number;
}

/** What else there is to say of such a primary. */
export interface Circumstances {
  /** the share of their weights that is warm; absent: all of it */
  readonly warmths?: readonly number[];
  /** how often the file of their reports is made; 0: they come when they come */
  readonly everyMs?: number;
}

/** A primary of secondaries with these weights. */
export const primaryOf = (
  weights: readonly number[],
  { warmths = [], everyMs = 0 }: Circumstances = {},
): Primary => {
  const counts = emptyCounts(weights.length);
  const dice = seeded(1);
  const ledger = { since: () => 0, fading: counts };
  const loads: (LoadReport | undefined)[] = weights.map(() => undefined);
  let memory = emptyMemory(0);
  let beliefs = believe(memory);
  let ready: Prepared | undefined;

  const candidates = (): NonEmpty<Candidate> => {
    const pool = poolOf(weights.map((weight) => ({ weight }))).map((candidate): Candidate => {
      const belief = beliefs.get(candidate.secondary.id);
      const warmth = warmths[candidate.slot] ?? 1;
      return { ...candidate, weight: candidate.weight * warmth, warmth, ...(belief && { belief }) };
    });
    if (!isNonEmpty(pool)) throw new TypeError('a pool of nobody');
    return pool;
  };
  const draw = (now: number): Draw => drawOf({ now, dice, ledger });

  return {
    counts,
    hear: (now, told) => {
      told.forEach((load, slot) => {
        if (load !== undefined) loads[slot] = { at: now, ...load };
      });
      const pool = weights.map((weight, slot) => {
        const load = loads[slot];
        return { id: `web${slot}`, slot, weight, ...(load && { load }) };
      });
      memory = learn(memory, { now, everyMs, pool, ledger });
      beliefs = believe(memory);
      ready = undefined;
    },
    beliefs: () => beliefs,
    candidates,
    prepared: (policy = weigh) => policy(candidates()),
    send: (now, policy = weigh) => {
      ready ??= policy(candidates());
      const { slot } = ready.pick(draw(now));
      countVisitor(counts[0]!, slot, now);
      return slot;
    },
  };
};

/** So many visitors were sent to each at that instant. */
export const sendTo = (counts: FadingCounts, now: number, visitors: readonly number[]): void => {
  visitors.forEach((many, slot) => {
    for (let visitor = 0; visitor < many; visitor += 1) countVisitor(counts, slot, now);
  });
};

/** How many of the slots were sent to. */
export const tally = (slots: readonly number[], count: number): readonly number[] =>
  Array.from({ length: count }, (_, slot) => slots.filter((one) => one === slot).length);
