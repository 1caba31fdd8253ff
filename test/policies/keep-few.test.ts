import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NonEmpty } from '../../src/model/non-empty.ts';
import type { Candidate } from '../../src/model/policy.ts';
import { finish, type Slices } from '../../src/model/slices.ts';
import { keepFew } from '../../src/policies/keep-few.ts';
import { equals } from './pool-of.ts';

interface Made {
  readonly count: number;
}

/** Makes something of how many there are, a slice for each of them; looking at what it kept is a slice too. */
const keeping = () => {
  const keep = keepFew<Made>(
    function* ({ length }): Slices<Made> {
      for (let nth = 0; nth < length; nth += 1) yield;
      return { count: length };
    },
    function* ({ count }, { length }): Slices<boolean> {
      yield;
      return count === length;
    },
  );
  return { keep, of: (count: number) => finish(keep(equals(count))) };
};

const slicesOf = (keep: (list: NonEmpty<Candidate>) => Slices<Made>, count: number): number =>
  [...keep(equals(count))].length;

describe('what is made of a list of candidates', () => {
  it('is made of that list, and again only for one that is unlike the last six', () => {
    const { of } = keeping();
    const counts = [2, 3, 4, 5, 6, 7];
    const made = counts.map(of);
    assert.deepEqual(
      made.map(({ count }) => count),
      counts,
    );
    assert.equal(of(7), made[5]);
    assert.deepEqual(
      counts.map(of).map((one, place) => one === made[place]),
      counts.map(() => true),
    );
    of(8);
    assert.notEqual(of(2), made[0], 'the one that was last wanted longest ago is forgotten');
    assert.equal(of(7), made[5]);
  });

  it('is kept once, however often it is wanted', () => {
    const { of } = keeping();
    const one = of(1);
    for (let nth = 0; nth < 10; nth += 1) of(2);
    assert.equal(of(1), one);
  });

  it('is made and looked for in slices; of the last that was wanted first', () => {
    const { keep, of } = keeping();
    assert.equal(slicesOf(keep, 10), 10);
    assert.equal(slicesOf(keep, 10), 1);
    of(11);
    assert.equal(slicesOf(keep, 11), 1);
    assert.equal(slicesOf(keep, 10), 2);
    assert.equal(slicesOf(keep, 10), 1);
  });
});
