import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../src/clock.ts';
import { allocateTurnout, openTurnout } from '../../../src/doors/public/turnout.ts';
import type { Journal } from '../../../src/journal.ts';
import type { ThreadConfig } from '../../../src/doors/threads/messages.ts';
import { startThreads, type Threads } from '../../../src/doors/threads/threads.ts';
import { plainSettings } from '../a-door.ts';

/** A door that has 50 connections open, is promised as many, and dies at the first word. */
const DIES = `
import { parentPort, workerData } from 'node:worker_threads';
const turnout = new Int32Array(workerData.config.connections.turnout);
turnout[0] = turnout[2] = 50; // of the first of two threads
parentPort.postMessage({ type: 'open', ports: [1] });
parentPort.once('message', () => process.exit());
`;

/** The first opens and dies at the first word; those after it cannot open. */
const FAILS = `
import { parentPort, workerData } from 'node:worker_threads';
const turnout = new Int32Array(workerData.config.connections.turnout);
turnout[1] += 1; // of the second of two threads, which is none
if (turnout[1] === 1) {
  parentPort.postMessage({ type: 'open', ports: [1] });
  parentPort.once('message', () => process.exit());
} else parentPort.postMessage({ type: 'failed', what: 'The file is gone.', remedy: 'Bring it back.', exitCode: 1 });
`;

const start = (
  code: string,
  {
    journal,
    memory = allocateTurnout(2),
  }: { readonly journal: Journal; readonly memory?: SharedArrayBuffer },
): Promise<Threads> => {
  const [secondary] = plainSettings().secondaries;
  assert.ok(secondary !== undefined);
  // So many that no door runs in the main thread.
  const secondaries = Array.from({ length: 1001 }, (_, nth) => ({ ...secondary, id: `web${nth}` }));
  const config = { settings: plainSettings({ secondaries }), connections: { most: 100, turnout: memory } };
  return startThreads({
    entry: new URL(`data:text/javascript,${encodeURIComponent(code)}`),
    count: 1,
    config: config as unknown as ThreadConfig,
    live: () => assert.fail(),
    clock: systemClock(),
    dice: () => 0.5,
    journal,
    complained: () => undefined,
    lost: () => undefined,
  });
};

test('a thread that dies leaves its places to those that go on', { timeout: 20_000 }, async () => {
  const memory = allocateTurnout(2);
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const journal: Journal = ({ type }) => {
    if (type === 'thread-ended') resolve(undefined);
  };
  const threads = await start(DIES, { journal, memory });
  const turnout = openTurnout(memory);
  assert.deepEqual([turnout.total(), turnout.promise(1, 100, 100)], [50, 50]);
  threads.reopenLogs();
  await promise;
  await threads.stop(0);
  assert.equal(turnout.total(), 0);
  assert.equal(turnout.promise(1, 100, 100), 100);
});

test('a thread that cannot be started again is tried less and less often, and each time it is told why', async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const told: unknown[] = [];
  const journal: Journal = (event) => {
    if (event.type !== 'thread-ended') return;
    told.push([event.because, event.againInMs]);
    if (told.length === 3) resolve(undefined);
  };
  const threads = await start(FAILS, { journal });
  threads.reopenLogs();
  await promise;
  await threads.stop(0);
  assert.deepEqual(told, [
    ['it ended', 100],
    ['The file is gone.', 200],
    ['The file is gone.', 400],
  ]);
});

test('threads are stopped once the last one is no more', { timeout: 20_000 }, async () => {
  const told: string[] = [];
  const threads = await start(DIES, { journal: ({ type }) => told.push(type) });
  await threads.stop(0);
  assert.deepEqual(told, [], 'it was meant to end');
});
