import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocateRolls, openRolls } from '../../../src/dispatch/ledger/rolls.ts';

test('tickets of one way are drawn from one roll by all threads, those of another from another', () => {
  const memory = allocateRolls();
  const [one, other] = [openRolls(memory), openRolls(memory)];
  assert.deepEqual(
    [one.draw(0, 0), other.draw(0, 0), one.draw(3, 0), other.draw(0, 0), other.draw(3, 0)],
    [0, 1, 0, 2, 1],
  );
  assert.deepEqual([one.next(0, 0), one.next(0, 0), other.next(3, 0), one.next(1, 0)], [3, 3, 2, 0]);
});

test('tickets go on past the middle of their 32 bits, and begin anew after them', () => {
  const memory = allocateRolls();
  const { draw, next } = openRolls(memory);
  const cells = new Int32Array(memory);
  cells[16] = 2 ** 31 - 1;
  assert.deepEqual([draw(2, 0), draw(2, 0), next(2, 0)], [2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1]);
  cells[16] = 2 ** 32 - 1;
  assert.deepEqual([draw(2, 0), draw(2, 0)], [2 ** 32 - 1, 0]);
});

test('visitors of one way who find different rosters draw from different rolls', () => {
  const { draw, next } = openRolls(allocateRolls());
  assert.deepEqual([draw(0, 1), draw(0, 2), draw(0, 1), draw(1, 0), next(0, 2)], [0, 0, 1, 0, 1]);
});

test('there is a ticket for a way however many there are', () => {
  const { draw } = openRolls(allocateRolls());
  assert.deepEqual([draw(1_000_000, 5), draw(1_000_000, 5)], [0, 1]);
});
