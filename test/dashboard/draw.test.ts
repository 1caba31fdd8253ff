import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bars, beatAt } from '../../public/dashboard-draw.js';

test('passes are as tall as they were slow, failures have the whole height, the newest stands at the right', () => {
  const { passes, failures, words } = bars([
    [1, 1],
    [2, 1000],
    [3, 5, 'refused'],
  ]);
  const tops = [...passes.matchAll(/M([\d.]+) 24V([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
  assert.deepEqual(
    tops.map(([x]) => x),
    [187.5, 192.5],
  );
  assert.ok(tops[0]![1]! > tops[1]![1]!);
  assert.equal(failures, 'M197.5 24V0');
  assert.equal(words, '1 of the last 3 checks failed');
  assert.equal(bars([]).words, 'no checks yet');
});

test('the beat under the pointer is the one that is drawn there', () => {
  assert.equal(beatAt(0.999, 3), 2);
  assert.equal(beatAt(0.96, 3), 1);
  assert.equal(beatAt(0.5, 3), -1);
  assert.equal(beatAt(0, 40), 0);
});
