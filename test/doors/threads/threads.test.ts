import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../src/clock.ts';
import { allocateTurnout, openTurnout } from '../../../src/doors/public/turnout.ts';
import type { ThreadConfig } from '../../../src/doors/threads/messages.ts';
import { startThreads } from '../../../src/doors/threads/threads.ts';
import { plainSettings } from '../a-door.ts';

/** A door that has 50 connections open, is promised as many, and dies at the first word. */
const DIES = `
import { parentPort, workerData } from 'node:worker_threads';
const turnout = new Int32Array(workerData.config.connections.turnout);
turnout[0] = turnout[2] = 50; // of the first of two threads
parentPort.postMessage({ type: 'open', ports: [1] });
parentPort.once('message', () => process.exit());
`;

test('a thread that dies leaves its places to those that go on', { timeout: 20_000 }, async () => {
  const memory = allocateTurnout(2);
  const [secondary] = plainSettings().secondaries;
  assert.ok(secondary !== undefined);
  // So many that no door runs in the main thread.
  const secondaries = Array.from({ length: 1001 }, (_, nth) => ({ ...secondary, id: `web${nth}` }));
  const config = { settings: plainSettings({ secondaries }), connections: { most: 100, turnout: memory } };
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const threads = await startThreads({
    entry: new URL(`data:text/javascript,${encodeURIComponent(DIES)}`),
    count: 1,
    config: config as unknown as ThreadConfig,
    live: () => assert.fail(),
    clock: systemClock(),
    dice: () => 0.5,
    journal: ({ type }) => {
      if (type === 'thread-ended') resolve(undefined);
    },
    complained: () => undefined,
    lost: () => undefined,
  });
  const turnout = openTurnout(memory);
  assert.deepEqual([turnout.total(), turnout.promise(1, 100, 100)], [50, 50]);
  threads.reopenLogs();
  await promise;
  await threads.stop(0);
  assert.equal(turnout.total(), 0);
  assert.equal(turnout.promise(1, 100, 100), 100);
});
