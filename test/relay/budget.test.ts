import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkOf } from '../../src/model/network.ts';
import { createBudget } from '../../src/relay/budget.ts';

const clock = { now: () => 0, wall: () => 0 };
const ours = networkOf('203.0.113.7');

test('one network has a quarter of the places and leaves the others to the others', () => {
  const { begin } = createBudget({ connections: 100, bytesPerHour: 1e9 }, clock);
  const taken = Array.from({ length: 100 }, () => begin(ours)).filter((each) => each !== undefined);
  assert.equal(taken.length, 25);
  assert.notEqual(begin(networkOf('198.51.100.1')), undefined);
  taken[0]?.end();
  assert.notEqual(begin(ours), undefined);
  assert.equal(begin(ours), undefined);
});

test('of few places one network has two, and all together no more than there are', () => {
  const { begin } = createBudget({ connections: 3, bytesPerHour: 1e9 }, clock);
  const taken = [ours, ours, ours].map((network) => begin(network) !== undefined);
  assert.deepEqual(taken, [true, true, false]);
  const others = ['198.51.100.1', '192.0.2.1'].map((each) => begin(networkOf(each)) !== undefined);
  assert.deepEqual(others, [true, false]);
});
