import { isNonEmpty } from '../../src/model/non-empty.ts';
import type { Candidate } from '../../src/model/policy.ts';
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
  readonly p50: number;
  readonly p99: number;
}

/** Visitors of a busy primary: one every millisecond. */
const EVERY_MS = 1;
const WARM_UP = 2000;
const VISITORS = 20_000;

/** Times the choice among so many secondaries with two threads' counts, on this machine, as busy as it is now. */
export const timeChoosing = (secondaries: number): Choosing => {
  const cells = new Float64Array(new SharedArrayBuffer(16 * fadingLength(secondaries)));
  const fading = [0, 1].map((thread) => openFading(cells, thread * fadingLength(secondaries), secondaries));
  const ledger = { since: () => 0, fading };
  const pool = Array.from({ length: secondaries }, (_, slot) => ({
    id: String(slot),
    slot,
    weight: 1 + (slot % 3),
    load: { at: 1, running: slot % 5, sessions: 50 + (slot % 17), busySeconds: 1, done: 1, started: 1 },
  }));
  const beliefs = believe(learn(emptyMemory(0), { now: 1, pool, ledger }));
  const candidates = pool.map(({ id, slot, weight }): Candidate => {
    const belief = beliefs.get(id);
    return { secondary: secondaryOf(slot, weight), slot, weight, warmth: 1, ...(belief && { belief }) };
  });
  if (!isNonEmpty(candidates)) throw new RangeError('a pool of nobody');
  const { pick } = weigh(candidates);

  const took = new Float64Array(VISITORS);
  for (let visitor = -WARM_UP; visitor < VISITORS; visitor += 1) {
    const now = (visitor + WARM_UP) * EVERY_MS;
    const began = process.hrtime.bigint();
    const { slot } = pick({ visit: VISIT, ticket: visitor, dice: Math.random, now, ledger });
    if (visitor >= 0) took[visitor] = Number(process.hrtime.bigint() - began) / 1000;
    countVisitor(fading[visitor & 1]!, slot, now);
  }
  took.sort();
  return { secondaries, p50: quantile(took, 0.5), p99: quantile(took, 0.99) };
};
