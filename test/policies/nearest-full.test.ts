import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isNonEmpty, type NonEmpty } from '../../src/model/non-empty.ts';
import type { Belief, Candidate } from '../../src/model/policy.ts';
import { finish } from '../../src/model/slices.ts';
import { PATIENCE_MS } from '../../src/policies/balance/constants.ts';
import { countVisitor } from '../../src/policies/balance/fading.ts';
import { policies } from '../../src/policies/index.ts';
import { made } from '../contracts/made.ts';
import { emptyCounts } from './believed.ts';
import { knowing } from './knowing.ts';
import { drawOf, equals, poolOf, type Like } from './pool-of.ts';

const nearest = made(policies, 'nearest', { learn: 0 });

const OUTLOOK = { perVisitor: 1, load: 0.5, usual: 0, perRequest: 1, fairSessions: 10, fairFast: 0 };
const BELIEF: Belief = {
  ...{ at: 0, sessions: 10, excess: 0, slowBefore: 0, fastBefore: 0, capacity: 1 },
  outlook: OUTLOOK,
};

/** These, and what is believed of each. */
const believing = (likes: readonly Like[], beliefOf: (slot: number) => Belief): NonEmpty<Candidate> => {
  const pool = poolOf(likes).map((one) => ({ ...one, belief: beliefOf(one.slot) }));
  assert.ok(isNonEmpty(pool));
  return pool;
};

/** So many of whom the nearest is believed to be full, and how often was looked at what is believed. */
const nearestFull = (count: number) => {
  const looks = { count: 0 };
  const pool = equals(count).map((one) => ({
    ...one,
    get belief() {
      looks.count += 1;
      return { ...BELIEF, sessions: one.slot === 0 ? 100 : 10 };
    },
  }));
  assert.ok(isNonEmpty(pool));
  return { pool, looks };
};

const near = knowing(20, 80, 300);

describe('nearest, where the nearest may be full', () => {
  it('passes over him, as visits find out themselves where nobody looks between them', () => {
    const { pool, looks } = nearestFull(100);
    const { pick } = nearest(pool);
    assert.equal(pick(drawOf({ near })).slot, 1);
    looks.count = 0;
    assert.equal(pick(drawOf({ near, now: 249 })).slot, 1);
    assert.equal(looks.count, 0);
    assert.equal(pick(drawOf({ near, now: 251 })).slot, 1);
    assert.notEqual(looks.count, 0);
  });

  it('looks the more seldom, the longer the list is', () => {
    const { pool, looks } = nearestFull(8_000);
    const { pick } = nearest(pool);
    pick(drawOf({ near }));
    looks.count = 0;
    pick(drawOf({ near, now: 1_900 }));
    assert.equal(looks.count, 0);
    pick(drawOf({ near, now: 2_100 }));
    assert.notEqual(looks.count, 0);
  });

  // In quiet times what ages is worked out anew once in a second: visits looked at everybody a quarter of one after that.
  it('looks between visits, among more than a few, and never in one unless that was long ago', () => {
    const { pool, looks } = nearestFull(100);
    const { pick, renewal } = nearest(pool);
    for (const now of [0, 200, 1200, 2200]) {
      finish(renewal!.begin(drawOf({ now })));
      looks.count = 0;
      for (const later of [0, 190, 990]) assert.equal(pick(drawOf({ near, now: now + later })).slot, 1);
      assert.equal(looks.count, 0);
    }
    pick(drawOf({ near, now: 2200 + PATIENCE_MS }));
    assert.notEqual(looks.count, 0);
  });

  it('sees between visits who became full', () => {
    const pool = believing(
      Array.from({ length: 100 }, () => ({})),
      () => BELIEF,
    );
    const ledger = { since: () => 0, fading: emptyCounts(100) };
    const { pick, renewal } = nearest(pool);
    finish(renewal!.begin(drawOf({ ledger })));
    assert.equal(pick(drawOf({ near, ledger })).slot, 0);
    for (let visitor = 0; visitor < 90; visitor += 1) countVisitor(ledger.fading[0]!, 0, 0);
    finish(renewal!.begin(drawOf({ ledger, now: 130 })));
    assert.equal(pick(drawOf({ near, ledger, now: 130 })).slot, 1);
  });

  it('finds nobody full by beliefs where nobody tells how busy the pool is', () => {
    const outlook = { ...OUTLOOK, load: 1 };
    const pool = believing([{}, {}, {}], (slot) => ({ ...BELIEF, sessions: slot === 2 ? 2 : 10, outlook }));
    assert.equal(nearest(pool).pick(drawOf({ near })).slot, 0);
  });

  it('takes nobody for full where all are: the nearest is as good as they', () => {
    const full = { load: { utilization: 0.95 } };
    for (let n = 0; n < 20; n += 1)
      assert.equal(nearest(poolOf([full, full, full])).pick(drawOf({ near, ticket: n, now: n })).slot, 0);
  });

  it('finds one crowded by his sessions, where nobody tells requests', () => {
    const pool = poolOf([{ load: { sessions: 40 } }, { load: { sessions: 2 } }, { load: { sessions: 3 } }]);
    assert.equal(nearest(pool).pick(drawOf({ near })).slot, 1);
  });

  it('goes by what is believed where all are as near', () => {
    const likes = [{ load: { running: 1 } }, { load: { running: 2 } }];
    const outlook = { ...OUTLOOK, load: 1 };
    const pool = believing(likes, (slot) => ({ ...BELIEF, sessions: slot === 0 ? 100 : 10, outlook }));
    assert.equal(nearest(pool).pick(drawOf({ near: knowing(20, 20) })).slot, 1);
  });
});
