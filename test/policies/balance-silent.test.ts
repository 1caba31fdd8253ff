import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocateLedger, openLedger } from '../../src/dispatch/ledger/ledger.ts';
import type { LoadReport } from '../../src/model/load-report.ts';
import { isNonEmpty } from '../../src/model/non-empty.ts';
import type { Prepared } from '../../src/model/policy.ts';
import { believe } from '../../src/policies/balance/believe.ts';
import { learn } from '../../src/policies/balance/learn.ts';
import { emptyMemory } from '../../src/policies/balance/memory.ts';
import { weigh } from '../../src/policies/balance/weigh.ts';
import { drawOf, equals, seeded } from './pool-of.ts';

const BETWEEN_MS = 25;

interface Situation {
  readonly count: number;
  /** how often each is asked */
  readonly askedEveryMs: number;
  /** how often the file is made that they are asked beside */
  readonly everyMs: number;
  readonly silentFrom: number;
}

/** Shares of equal secondaries in each 20 s; the second tells nothing from `silentFrom` on. */
const sharesOf = ({
  count,
  askedEveryMs,
  everyMs,
  silentFrom,
}: Situation): readonly (readonly number[])[] => {
  const shape = { threads: 1, slots: count };
  const ledger = openLedger(allocateLedger(shape), shape, 0);
  const dice = seeded(1);
  const pool = equals(count);
  const sent: number[][] = pool.map(() => []);
  const loads = new Map<string, LoadReport>();
  const shares: (readonly number[])[] = [];
  let counts = pool.map(() => 0);
  let memory = emptyMemory(0);
  let prepared: Prepared = weigh(pool);
  for (let now = 0; now < 120_000; now += BETWEEN_MS) {
    if (now % askedEveryMs === 0) {
      const told = pool.map(({ secondary: { id, at }, slot }) => {
        const sessions = sent[slot]!.filter((instant) => instant > now - 20_000).length;
        if (slot !== 1 || now < silentFrom) loads.set(id, { at: now, sessions, running: sessions % 2 });
        const load = loads.get(id);
        return { id, at, slot, weight: 1, ...(load && { load }) };
      });
      memory = learn(memory, { now, everyMs, pool: told, ledger });
      const beliefs = believe(memory);
      const believed = pool.map((candidate) => {
        const belief = beliefs.get(candidate.secondary.id);
        return { ...candidate, ...(belief && { belief }) };
      });
      assert.ok(isNonEmpty(believed));
      prepared = weigh(believed);
    }
    const { slot } = prepared.pick(drawOf({ now, ledger, dice }));
    sent[slot]!.push(now);
    ledger.choose(slot, now);
    counts[slot]! += 1;
    if ((now + BETWEEN_MS) % 20_000 === 0) {
      shares.push(counts);
      counts = pool.map(() => 0);
    }
  }
  return shares;
};

for (const { silentFrom, words } of [
  { silentFrom: 0, words: 'from the start' },
  { silentFrom: 40_000, words: 'after it did' },
]) {
  test(`one that tells nothing ${words} has its fair part while the others tell`, () => {
    const late = sharesOf({ count: 5, askedEveryMs: 2000, everyMs: 2000, silentFrom }).slice(-3);
    for (const counts of late) assert.ok(counts[1]! > 130 && counts[1]! < 190, counts.join(' '));
  });
}

test('one that tells nothing any more has its fair part from its last report on, while the other is asked all the time', () => {
  const late = sharesOf({ count: 2, askedEveryMs: 250, everyMs: 40_000, silentFrom: 40_000 }).slice(2);
  assert.equal(late.length, 4);
  for (const counts of late) assert.ok(counts[1]! > 340 && counts[1]! < 460, late.join(' | '));
});
