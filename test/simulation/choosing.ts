import { createRosters } from '../../src/dispatch/roster.ts';
import type { PoolSnapshot, Standing } from '../../src/model/pool.ts';
import { believe } from '../../src/policies/balance/believe.ts';
import { countVisitor, fadingLength, openFading } from '../../src/policies/balance/fading.ts';
import { learn } from '../../src/policies/balance/learn.ts';
import { emptyMemory } from '../../src/policies/balance/memory.ts';
import { weigh } from '../../src/policies/balance/weigh.ts';
import { secondaryOf, VISIT } from './candidate.ts';
import { quantile } from './measure.ts';

/** What choosing costs, in microseconds. */
export interface Choosing {
  readonly secondaries: number;
  readonly rates: readonly Rate[];
  /** the visits that are the first after a snapshot, and have it prepared: the median */
  readonly preparing: number;
}

/** What it costs where a visitor comes every so many milliseconds. */
interface Rate {
  readonly betweenMs: number;
  readonly p50: number;
  readonly p99: number;
}

/** Busy, less busy, quiet: what is worked out once for some milliseconds is shared by fewer. */
const BETWEEN_MS = [1, 5, 50];
/** A snapshot comes as often as the worker looks by default. */
const NEWS_MS = 2000;
const WARM_UP = 2000;
const VISITORS = 10_000;

/**
 * Times the choice among so many secondaries with two threads' counts, as a door thread makes it, preparing each new
 * snapshot included; on this machine, as busy as it is now.
 */
export const timeChoosing = (secondaries: number): Choosing => {
  const preparing: number[] = [];
  const rates = BETWEEN_MS.map((betweenMs): Rate => {
    const { took, firsts } = timeVisits(secondaries, betweenMs);
    preparing.push(...firsts);
    took.sort();
    return { betweenMs, p50: quantile(took, 0.5), p99: quantile(took, 0.99) };
  });
  return { secondaries, rates, preparing: quantile(Float64Array.from(preparing).sort(), 0.5) };
};

const timeVisits = (
  count: number,
  betweenMs: number,
): { readonly took: Float64Array; readonly firsts: readonly number[] } => {
  const cells = new Float64Array(new SharedArrayBuffer(16 * fadingLength(count)));
  const fading = [0, 1].map((thread) => openFading(cells, thread * fadingLength(count), count));
  const ledger = { since: () => 0, fading };
  const secondaries = Array.from({ length: count }, (_, slot) => secondaryOf(slot, 1 + (slot % 3)));
  const slots = new Map(secondaries.map(({ id }, slot) => [id, slot]));
  const pool = secondaries.map(({ id, weight }, slot) => ({
    ...{ id, slot, weight },
    load: { at: 1, running: slot % 5, sessions: 50 + (slot % 17), busySeconds: 1, done: 1, started: 1 },
  }));
  // The monitor learns, and no visitor waits for it.
  const beliefs = believe(learn(emptyMemory(0), { now: 1, pool, ledger }));
  const standings = new Map(pool.map(({ id, load }): [string, Standing] => [id, { id, verdict: UP, load }]));

  let now = 0;
  const rosterOf = createRosters({
    ...{ secondaries, slots, slowReturnMs: 0, whenAllDown: 'nobody' },
    clock: { now: () => now, wall: () => now },
  });
  const took = new Float64Array(VISITORS);
  const firsts: number[] = [];
  let snapshot: PoolSnapshot | undefined;
  for (let visitor = -WARM_UP; visitor < VISITORS; visitor += 1) {
    now += betweenMs;
    const isNews = snapshot === undefined || now - snapshot.at >= NEWS_MS;
    if (isNews) snapshot = { seq: visitor, at: now, source: 'cached', standings, beliefs };
    const began = process.hrtime.bigint();
    const { slot } = rosterOf(snapshot!)
      .prepared(weigh)!
      .pick({ visit: VISIT, ticket: visitor, dice: Math.random, now, ledger });
    const microseconds = Number(process.hrtime.bigint() - began) / 1000;
    if (visitor >= 0) took[visitor] = microseconds;
    if (visitor >= 0 && isNews) firsts.push(microseconds);
    countVisitor(fading[visitor & 1]!, slot, now);
  }
  return { took, firsts };
};

const UP: Standing['verdict'] = { health: 'up', since: 0, passes: 1, fails: 0, flaps: 0 };
