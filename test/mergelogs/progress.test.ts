import assert from 'node:assert/strict';
import test from 'node:test';
import { createProgress } from '../../src/mergelogs/progress.ts';

/** Progress on a clock that is moved by hand, and what stands on the terminal. */
const start = (total?: number, done?: () => string) => {
  let now = 1_000;
  let written = '';
  const progress = createProgress({
    write: (text) => void (written += text),
    clock: { now: () => now, wall: () => 0 },
    ...(total === undefined ? {} : { total }),
    ...(done === undefined ? {} : { done }),
  });
  return {
    progress,
    pass: (ms: number) => void (now += ms),
    lines: () => written.split('\r\x1b[K').slice(1),
  };
};

test('a merge that is over within two seconds shows nothing', () => {
  const { progress, pass, lines } = start(1e9);
  progress.show(1e6);
  pass(1_999);
  progress.show(2e6);
  progress.clear();
  assert.deepEqual(lines(), []);
});

test('a longer one shows how far it is, four times a second, and wipes that away', () => {
  const { progress, pass, lines } = start(2e9);
  for (let taken = 0; taken <= 2e9; taken += 10e6) {
    progress.show(taken);
    pass(25);
  }
  progress.clear();
  assert.equal(lines()[0], '800 MB read, 40 %, 400 MB/s');
  assert.equal(lines().length, 1 + (5_000 - 2_000) / 250 + 1);
  assert.equal(lines().at(-1), '');
});

test('where nobody knows how much there is, no share is shown', () => {
  const { progress, pass, lines } = start();
  pass(2_000);
  progress.show(5e6);
  assert.deepEqual(lines(), ['5 MB read, 3 MB/s']);
});

test('where reading is the least of it, what has been done is shown', () => {
  const { progress, pass, lines } = start(1e6, () => '12 requests');
  pass(2_000);
  progress.show(5e5);
  assert.deepEqual(lines(), ['12 requests, 50 %']);
});
