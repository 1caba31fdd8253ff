import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { twoChoices } from '../../src/policies/two-choices.ts';
import { drawOf, equals, poolOf, seeded, sendAll, tally } from './pool-of.ts';

const policy = twoChoices.make({});

describe('two-choices', () => {
  /*
   * HAProxy's `balance random(2)` could draw the same server twice and then had nothing to compare: of two servers the
   * busier one still got a quarter of the visitors. Drawing two different ones, it gets none.
   */
  it('never draws the same one twice: of two, the busier gets nobody', () => {
    const pool = poolOf([{ load: { running: 5 } }, { load: { running: 4 } }]);
    const { pick } = policy(pool);
    const dice = seeded(11);
    for (let visitor = 0; visitor < 5_000; visitor++) assert.equal(pick(drawOf({ dice })).slot, 1);
  });

  it('never sends anybody to the busiest of many', () => {
    const pool = poolOf([
      { load: { running: 9 } },
      ...Array.from({ length: 9 }, () => ({ load: { running: 1 } })),
    ]);
    const { pick } = policy(pool);
    const dice = seeded(12);
    for (let visitor = 0; visitor < 5_000; visitor++) assert.notEqual(pick(drawOf({ dice })).slot, 0);
  });

  it('draws the heavier more often where all bear the same', () => {
    const pool = poolOf([1, 2, 3].map((weight) => ({ weight, load: { running: 10 * weight - 1 } })));
    const { pick } = policy(pool);
    const dice = seeded(13);
    const counts = tally(30_000, 3, () => pick(drawOf({ dice })).slot);
    [5_000, 10_000, 15_000].forEach((share, slot) => {
      assert.ok(Math.abs((counts[slot] ?? 0) - share) < 500, counts.join(' '));
    });
  });

  it('ends far more even than chance does', () => {
    const { counts } = sendAll(policy(equals(20)), 20_000);
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 20, counts.join(' '));
  });

  it('spreads the visitors of a frozen report instead of flocking', () => {
    const pool = poolOf([0, 3, 5, 8, 13, 2, 1, 30].map((running) => ({ load: { running } })));
    sendAll(policy(pool), 10_000).counts.forEach((count) => {
      assert.ok(Math.abs(count - 1_250) < 60, String(count));
    });
  });
});
