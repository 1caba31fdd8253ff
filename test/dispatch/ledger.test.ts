import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocateLedger, openLedger } from '../../src/dispatch/ledger.ts';

const shape = { threads: 2, slots: 4 };

test('what one thread notes, every thread reads', () => {
  const memory = allocateLedger(shape);
  const one = openLedger(memory, shape, 0);
  const other = openLedger(memory, shape, 1);
  one.choose(3);
  other.choose(3);
  other.keep(0);
  one.count('none');
  for (const ledger of [one, other]) {
    assert.deepEqual(
      [ledger.chosen(3), ledger.chosen(0), ledger.kept(0), ledger.counted('none')],
      [2, 0, 1, 1],
    );
  }
});

test('tickets are drawn from one roll by all threads', () => {
  const memory = allocateLedger(shape);
  const one = openLedger(memory, shape, 0);
  const other = openLedger(memory, shape, 1);
  assert.deepEqual([one.ticket(), other.ticket(), one.ticket()], [0, 1, 2]);
});

test('since its last report only what came after it counts', () => {
  const ledger = openLedger(allocateLedger(shape), shape, 1);
  ledger.choose(1);
  assert.equal(ledger.since(1), 1);
  ledger.mark(1);
  assert.equal(ledger.since(1), 0);
  ledger.choose(1);
  assert.deepEqual([ledger.since(1), ledger.chosen(1)], [1, 2]);
});

test('a new secondary in an old slot begins at nothing', () => {
  const memory = allocateLedger(shape);
  const one = openLedger(memory, shape, 0);
  const other = openLedger(memory, shape, 1);
  one.choose(2);
  other.keep(2);
  one.mark(2);
  one.clear(2);
  assert.deepEqual([one.chosen(2), one.kept(2), one.since(2)], [0, 0, 0]);
});

test('a larger ledger takes over the counts', () => {
  const old = openLedger(allocateLedger(shape), shape, 0);
  old.choose(1);
  old.mark(1);
  old.choose(1);
  old.keep(2);
  old.count('random');
  const larger = { threads: 2, slots: 64 };
  const next = openLedger(allocateLedger(larger), larger, 0);
  next.copy(old, shape.slots);
  assert.deepEqual(
    [next.chosen(1), next.since(1), next.kept(2), next.counted('random'), next.counted('unheard-of')],
    [2, 1, 1, 1, 0],
  );
});
