import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ahead, finish, inSlices, zeros, type Slices } from '../../src/model/slices.ts';

const MANY = 10_000;

describe('slices', () => {
  it('look at some hundreds each, and give way before what follows the last of many', () => {
    const looks: number[] = [];
    const slices = inSlices(new Float64Array(MANY), () => looks.push(1));
    let before = 0;
    for (const _ of slices) {
      assert.ok(looks.length - before <= 600);
      before = looks.length;
    }
    assert.deepEqual([looks.length, before], [MANY, MANY]);
  });

  it('of a few things are one', () => {
    assert.equal([...inSlices([1, 2, 3], () => undefined)].length, 0);
    assert.equal([...zeros(3)].length, 0);
  });

  it('give way before many zeros are made', () => {
    const slices = zeros(MANY);
    assert.equal(slices.next().done, false);
    assert.equal(finish(slices).length, MANY);
  });
});

describe('what is made ahead', () => {
  /** Something that is made in ten slices, and how many of these were begun. */
  const inTen = () => {
    const begun = { count: 0 };
    const made = ahead(function* (): Slices<object> {
      for (; begun.count % 10 < 9; begun.count += 1) yield;
      begun.count += 1;
      return {};
    });
    return { begun, made };
  };

  it('is made once, and not begun before somebody wants it', () => {
    const { begun, made } = inTen();
    assert.equal(begun.count, 0);
    finish(made.begin());
    const one = made.get();
    finish(made.begin());
    assert.equal(made.get(), one);
    assert.equal(begun.count, 10);
  });

  it('is left where it is once somebody who cannot wait has made all of it', () => {
    const made = ahead(function* (): Slices<object> {
      for (let slice = 0; slice < 10; slice += 1) yield;
      return {};
    });
    const slices = made.begin();
    slices.next();
    const one = made.get();
    assert.equal(slices.next().done, true);
    assert.equal(made.get(), one);
  });
});
