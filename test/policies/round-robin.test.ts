import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { finish } from '../../src/model/slices.ts';
import { roundRobin } from '../../src/policies/round-robin.ts';
import { turnsOf } from '../../src/policies/turns.ts';
import { wholeWeights } from '../../src/policies/whole-weights.ts';
import { drawOf, equals, sendAll, weighing } from './pool-of.ts';

const policy = roundRobin.make({});

const turnsIn = (weights: readonly number[]): Uint32Array => finish(turnsOf(weights));
const wholeIn = (weights: readonly number[]): Uint32Array => finish(wholeWeights(weights));

/** Ten thousand that share no measure. */
const MANY = Array.from({ length: 10_000 }, (_, place) => 1 + (place % 7) * Math.SQRT1_2);

const lettersOf = (turns: Uint32Array): string =>
  Array.from(turns, (place) => 'ABCDEFGH'.charAt(place)).join('');

/** How far the one who is furthest from his share is, after any number of turns of a round. */
const worstDeviation = (turns: Uint32Array, weights: Uint32Array): number => {
  const had = new Float64Array(weights.length);
  let worst = 0;
  turns.forEach((taken, turn) => {
    had[taken] = (had[taken] ?? 0) + 1;
    weights.forEach((weight, place) => {
      worst = Math.max(worst, Math.abs((had[place] ?? 0) - ((turn + 1) * weight) / turns.length));
    });
  });
  return worst;
};

describe('round-robin', () => {
  it('gives equals strict turns in list order', () => {
    assert.deepEqual(sendAll(policy(equals(3)), 9).order, [0, 1, 2, 0, 1, 2, 0, 1, 2]);
  });

  it('goes on where it was when a new snapshot has the same weights', () => {
    const slots = Array.from({ length: 7 }, (_, ticket) => policy(equals(3)).pick(drawOf({ ticket })).slot);
    assert.deepEqual(slots, [0, 1, 2, 0, 1, 2, 0]);
  });

  it('goes by each list that it is made ready for, also where the one before was like it', () => {
    const policy = roundRobin.make({});
    for (const weights of [
      [1, 2],
      [1, 2, 2],
      [1, 2],
      [2, 1],
    ]) {
      const turns = turnsIn(weights);
      assert.deepEqual(sendAll(policy(weighing(...weights)), turns.length).order, [...turns]);
    }
  });

  it('works out again little of a list of the same weights', () => {
    const policy = roundRobin.make({});
    const slicesFor = () => [...(policy(weighing(...MANY)).renewal?.begin(drawOf()) ?? [])].length;
    const first = slicesFor();
    assert.ok(first > 100 && slicesFor() <= 20);
  });

  it('works out many turns in slices', () => {
    const turns = turnsIn(MANY);
    const before = [...wholeWeights(MANY)].length;
    assert.ok([...turnsOf(MANY)].length - before >= turns.length / 1024 + MANY.length / 1024);
  });

  it('keeps taking turns when a 32-bit counter of tickets goes over', () => {
    const { pick } = policy(equals(2));
    const slots = [2 ** 31 - 1, -(2 ** 31), -1, 0].map((ticket) => pick(drawOf({ ticket })).slot);
    assert.deepEqual(slots, [1, 0, 1, 0]);
  });

  it('spreads the turns of the heavy between those of the light', () => {
    assert.equal(lettersOf(turnsIn([2, 1])), 'AAB');
    assert.equal(lettersOf(turnsIn([1, 1, 2])), 'CACB');
    assert.equal(lettersOf(turnsIn([3, 3, 1])), 'ABABABC');
    assert.equal(lettersOf(turnsIn([5, 1, 1])), 'AAABAAC');
  });

  it('lets a heavy one among a hundred light ones come every eleventh turn', () => {
    const turns = turnsIn([10, ...Array.from({ length: 100 }, () => 1)]);
    const heavy = Array.from(turns.entries()).filter(([, place]) => place === 0);
    assert.deepEqual(
      heavy.map(([turn]) => turn),
      Array.from({ length: 10 }, (_, nth) => nth * 11),
    );
  });

  it('keeps everybody within one turn of his share after every turn', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(weights, (given) => {
        const turns = turnsIn(given);
        assert.ok(worstDeviation(turns, wholeIn(given)) < 1);
      }),
      { numRuns: 500 },
    );
  });

  it('lets those of equal weight come in the order of the list, whoever comes between', () => {
    const weights = fc.array(fc.constantFrom(1, 2, 3.7, Math.SQRT1_2), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(weights, (given) => {
        const turns = turnsIn(given);
        for (const weight of new Set(given)) {
          const alike = [...given.keys()].filter((place) => given[place] === weight);
          const order = turns.filter((place) => given[place] === weight);
          assert.ok(order.every((place, nth) => place === alike[nth % alike.length]));
        }
      }),
    );
  });

  it('stays within one turn for ten thousand of different weights', () => {
    const turns = turnsIn(MANY);
    const whole = wholeIn(MANY);
    const had = new Uint32Array(MANY.length);
    turns.forEach((taken, turn) => {
      const count = (had[taken] ?? 0) + 1;
      had[taken] = count;
      const share = (whole[taken] ?? 0) / turns.length;
      // a turn is the moment when one is furthest ahead, and the moment before it when he is furthest behind
      assert.ok(count - (turn + 1) * share < 1 && turn * share - (count - 1) < 1);
    });
    assert.deepEqual(had, whole);
  });
});

describe('whole weights', () => {
  it('are exact and as small as can be where the weights share a measure', () => {
    assert.deepEqual([...wholeIn([4, 2])], [2, 1]);
    assert.deepEqual([...wholeIn([0.3, 0.7])], [3, 7]);
    assert.deepEqual([...wholeIn([100, 101])], [100, 101]);
    assert.deepEqual([...wholeIn([1, 1.0005])], [2000, 2001]);
    assert.deepEqual([...wholeIn([1 / 3, 2 / 3, 1])], [1, 2, 3]);
    assert.deepEqual([...wholeIn([7, 7, 7])], [1, 1, 1]);
  });

  it('are off by at most one in a thousand of all turns where the weights share none', () => {
    const [one = 0, other = 0] = wholeIn([Math.PI, Math.E]);
    assert.ok(Math.abs(one / (one + other) - Math.PI / (Math.PI + Math.E)) < 0.001);
  });

  it('are looked for in slices, however many measures are tried', () => {
    let looks = 0;
    const almostAlike = new Proxy([...Array.from({ length: 9_999 }, () => 1), Math.SQRT2], {
      get: (list, key) => {
        if (key !== 'length') looks += 1;
        return Reflect.get(list, key) as unknown;
      },
    });
    for (const _ of wholeWeights(almostAlike)) {
      assert.ok(looks <= 1100, String(looks));
      looks = 0;
    }
    assert.ok(looks <= 1100, String(looks));
  });

  it('leave nobody without a turn', () => {
    assert.deepEqual([...wholeIn([1e300, 1e-300])], [1024, 1]);
    assert.deepEqual(sendAll(policy(weighing(1e300, 1e-300)), 1025).counts, [1024, 1]);
  });

  it('keep a round at 65,536 turns and one for each that would have had none', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), { minLength: 1, maxLength: 500 }),
        (given) => wholeIn(given).reduce((sum, turns) => sum + turns, 0) <= 65_536 + given.length,
      ),
    );
  });
});
