import assert from 'node:assert/strict';
import { test } from 'node:test';
import { olderOfTwo } from '../../src/monitor/older-of-two.ts';

test('of two different places the one heard of longer ago is asked, so that the one heard last never is', () => {
  const heardAt = [5, 9, 1, 7];
  const asked = new Set<number | undefined>();
  for (let one = 0; one < 1; one += 0.125) {
    for (let other = 0; other < 1; other += 0.125) {
      const falls = [one, other];
      asked.add(
        olderOfTwo(
          heardAt.length,
          (place) => heardAt[place] ?? NaN,
          () => falls.shift() ?? NaN,
        ),
      );
    }
  }
  assert.deepEqual([...asked].sort(), [0, 2, 3]);
});

test('of one place that one is asked, of none nobody', () => {
  const dice = () => 0.99;
  assert.equal(
    olderOfTwo(1, () => 0, dice),
    0,
  );
  assert.equal(
    olderOfTwo(0, () => 0, dice),
    undefined,
  );
});
