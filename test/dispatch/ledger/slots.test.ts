import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignSlots } from '../../../src/dispatch/ledger/slots.ts';

test('secondaries that stay keep their slot; a new one takes the lowest free, but none that was given up just now', () => {
  const first = assignSlots(['a', 'b', 'c'], new Map());
  assert.deepEqual(
    [...first.of],
    [
      ['a', 0],
      ['b', 1],
      ['c', 2],
    ],
  );
  const second = assignSlots(['c', 'd', 'a'], first.of);
  assert.equal(second.of.get('a'), 0);
  assert.equal(second.of.get('c'), 2);
  assert.equal(second.of.get('d'), 3);
  assert.deepEqual(second.fresh, [3]);
  const third = assignSlots(['c', 'd', 'a', 'e'], second.of);
  assert.deepEqual(third.fresh, [1]);
});
