import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignSlots, type Slots } from '../../../src/dispatch/ledger/slots.ts';

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

/** The slots of the new secondaries of each edit, where every second all ids are new. */
const replacedEachSecond = (count: number, edits: number): readonly (readonly number[])[] => {
  const fresh: (readonly number[])[] = [];
  let slots: Slots | undefined;
  for (let edit = 0; edit < edits; edit += 1) {
    const ids = Array.from({ length: count }, (_, nth) => `${String(edit)}-${String(nth)}`);
    slots = assignSlots(ids, edit * 1000, slots);
    fresh.push(slots.fresh);
  }
  return fresh;
};

test('whole lists of new ids take five times the slots of one and no more: a slot rests for four lists', () => {
  const fresh = replacedEachSecond(500, 20);
  assert.equal(Math.max(...fresh.flat()), 5 * 500 - 1);
  for (let edit = 5; edit <= fresh.length; edit += 1)
    assert.equal(new Set(fresh.slice(edit - 5, edit).flat()).size, 5 * 500);
});

test('of a short list no slot that was given up is given on in this minute, however often all ids are new', () => {
  const fresh = replacedEachSecond(16, 62);
  assert.equal(new Set(fresh.slice(0, 61).flat()).size, 61 * 16);
  assert.deepEqual(fresh[61], fresh[0]);
});

test('an edit gives nobody a slot that it gives up, also where it leaves one of thousands', () => {
  const first = assignSlots(
    Array.from({ length: 5000 }, (_, nth) => String(nth)),
    0,
  );
  assert.deepEqual(assignSlots(['new'], 0, first).fresh, [5000]);
});
