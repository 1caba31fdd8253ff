import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { weightedDraw } from '../../src/policies/weighted-draw.ts';
import { seeded, tally, weighing } from './pool-of.ts';

const anyWeight = fc.oneof(
  fc.double({ min: Number.MIN_VALUE, noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: 1, max: 20 }),
);
const anyFall = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('weighted draw', () => {
  it('draws a place of the list', () => {
    fc.assert(
      fc.property(fc.array(anyWeight, { minLength: 1 }), anyFall, (weights, fallen) => {
        const place = weightedDraw(weighing(...weights)).any(() => fallen);
        assert.ok(Number.isInteger(place) && place >= 0 && place < weights.length);
      }),
    );
  });

  it('never draws the place that is taken, and always one of the list', () => {
    fc.assert(
      fc.property(fc.array(anyWeight, { minLength: 2 }), fc.nat(), anyFall, (weights, any, fallen) => {
        const taken = any % weights.length;
        const place = weightedDraw(weighing(...weights)).otherThan(taken, () => fallen);
        assert.ok(Number.isInteger(place) && place >= 0 && place < weights.length && place !== taken);
      }),
      { numRuns: 2_000 },
    );
  });

  it('draws the others in proportion to their weights', () => {
    const { otherThan } = weightedDraw(weighing(1, 5, 3));
    const dice = seeded(3);
    const counts = tally(40_000, 3, () => otherThan(1, dice));
    assert.equal(counts[1], 0);
    assert.ok(Math.abs((counts[2] ?? 0) - 30_000) < 500, counts.join(' '));
  });
});
