import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { allocateTurnout, openTurnout } from '../../../src/doors/public/turnout.ts';

test('promises never pass what there is, and a thread that wants less gives back', () => {
  const { promise } = openTurnout(allocateTurnout(2));
  assert.equal(promise(0, 70, 100), 70);
  assert.equal(promise(1, 70, 100), 30);
  assert.equal(promise(1, 70, 80), 30, 'what was promised stays');
  assert.equal(promise(0, 10, 100), 10);
  assert.equal(promise(1, 95, 100), 90);
});

test('a thread that is no more leaves nothing behind', () => {
  const { note, total, promise, leave } = openTurnout(allocateTurnout(2));
  note(0, 5);
  note(1, 7);
  promise(0, 60, 100);
  leave(0);
  assert.equal(total(), 7);
  assert.equal(promise(1, 100, 100), 100);
});

/** Wants all, keeps it for a moment and gives it back, as fast as it can, and looks whether all that was promised at once passed `most`. */
const RIVAL = `
const { workerData: { memory, sum, module, thread, most } } = require('node:worker_threads');
import(module).then(({ openTurnout }) => {
  const { promise } = openTurnout(memory);
  const all = new Int32Array(sum);
  let worst = 0;
  Atomics.add(all, 1, 1);
  while (Atomics.load(all, 1) < 2); // both begin at once
  for (let turn = 0; turn < 200_000; turn += 1) {
    const got = promise(thread, most, most);
    worst = Math.max(worst, Atomics.add(all, 0, got) + got);
    for (let held = 0; held < 30; held += 1) Atomics.load(all, 0);
    // It is no longer had before another may have it.
    Atomics.sub(all, 0, got);
    promise(thread, 0, most);
  }
  require('node:worker_threads').parentPort.postMessage(worst);
});`;

test('threads that want more at the same moment do not get the same', async (t) => {
  const most = 100;
  const memory = allocateTurnout(2);
  const sum = new SharedArrayBuffer(8);
  const module = new URL('../../../src/doors/public/turnout.ts', import.meta.url).href;
  const rivals = [0, 1].map(
    (thread) => new Worker(RIVAL, { eval: true, workerData: { memory, sum, module, thread, most } }),
  );
  t.after(() => Promise.all(rivals.map((rival) => rival.terminate())));
  const worst = await Promise.all(rivals.map(async (rival) => (await once(rival, 'message')) as [number]));
  for (const [at] of worst) assert.ok(at > 0 && at <= most, String(at));
});
