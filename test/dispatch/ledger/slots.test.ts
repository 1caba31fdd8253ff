import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignSlots } from '../../../src/dispatch/ledger/slots.ts';

test('secondaries that stay keep their slot; a new one takes the lowest free, but none that was given up in this minute', () => {
  const first = assignSlots(['a', 'b', 'c'], 0);
  assert.deepEqual(
    [...first.of],
    [
      ['a', 0],
      ['b', 1],
      ['c', 2],
    ],
  );
  const second = assignSlots(['c', 'd', 'a'], 0, first);
  assert.equal(second.of.get('a'), 0);
  assert.equal(second.of.get('c'), 2);
  assert.equal(second.of.get('d'), 3);
  assert.deepEqual(second.fresh, [3]);
  const third = assignSlots(['c', 'd', 'a', 'e'], 59_999, second);
  assert.deepEqual(third.fresh, [4]);
  const fourth = assignSlots(['c', 'd', 'a', 'e', 'f'], 60_000, third);
  assert.deepEqual(fourth.fresh, [1]);
});
