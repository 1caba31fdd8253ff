import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bars, beatAt, line, roundUp, stack } from '../../public/dashboard-draw.js';

const frame = { width: 300, height: 80, slots: 4, max: 10 };

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

test('a line ends at the right and has a gap where nothing was measured', () => {
  assert.equal(line([0, null, 5], frame), 'M100.0 80.0M300.0 40.0');
  assert.equal(line([], frame), '');
});

test('stacked lines end where their sum is', () => {
  const [lower, upper] = pair(
    stack(
      [
        [2, 2],
        [3, 8],
      ],
      frame,
    ),
  );
  assert.equal(lower.edge, 'M200.0 64.0L300.0 64.0');
  assert.equal(upper.edge, 'M200.0 40.0L300.0 0.0');
  assert.equal(upper.area, 'M200.0 40.0L300.0 0.0L300.0 64.0L200.0 64.0Z');
});

test('scales end at a round number above everything', () => {
  assert.deepEqual([0, 0.3, 1, 1.2, 4, 7, 30, 999].map(roundUp), [1, 0.5, 1, 2, 5, 10, 50, 1000]);
  fc.assert(
    fc.property(
      fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
      (value) => roundUp(value) >= value * (1 - 1e-12),
    ),
  );
});

test('paths hold numbers only, whatever comes', () => {
  const beat = fc.tuple(fc.double(), fc.double(), fc.option(fc.string(), { nil: undefined }));
  fc.assert(
    fc.property(fc.array(beat), (beats) => {
      const { passes, failures } = bars(beats as unknown as Parameters<typeof bars>[0]);
      assert.match(passes + failures, /^(?:M[\d.]+ 24V[\d.]+)*$/);
    }),
  );
});

const pair = <T>([one, other]: readonly T[]): [T, T] => {
  assert.ok(one !== undefined && other !== undefined);
  return [one, other];
};
