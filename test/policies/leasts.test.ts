import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createLeasts } from '../../src/policies/leasts.ts';
import { seeded, tally } from './pool-of.ts';

describe('leasts', () => {
  it('find a least number, whatever was changed', () => {
    const numbers = fc.array(fc.oneof(fc.nat({ max: 5 }), fc.constant(Infinity)), {
      minLength: 1,
      maxLength: 70,
    });
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 9 })), { maxLength: 40 });
    fc.assert(
      fc.property(numbers, changes, fc.integer(), (given, changed, seed) => {
        const leasts = createLeasts(Float64Array.from(given));
        const kept = [...given];
        const dice = seeded(seed);
        for (const [any, number] of changed) {
          const place = any % kept.length;
          kept[place] = number;
          leasts.change(place, number);
          assert.equal(leasts.at(place), number);
          assert.equal(kept[leasts.find(dice)], Math.min(...kept));
        }
      }),
    );
  });

  it('never find what is no number, where there is one', () => {
    const leasts = createLeasts(Float64Array.of(NaN, 3, NaN, 2, NaN, NaN, 5, NaN, NaN));
    assert.equal(leasts.find(seeded(1)), 3);
  });

  it('find each of equal ones as often, wherever they stand', () => {
    const given = Array.from({ length: 50 }, (_, place) => ([0, 1, 2, 23, 48, 49].includes(place) ? 1 : 2));
    const leasts = createLeasts(Float64Array.from(given));
    const dice = seeded(5);
    tally(60_000, 50, () => leasts.find(dice)).forEach((count, place) => {
      const share = given[place] === 1 ? 10_000 : 0;
      assert.ok(Math.abs(count - share) <= (share && 500), `${place}: ${count}`);
    });
  });
});
