import { parentPort, workerData } from 'node:worker_threads';
import { systemClock, systemDice } from './clock.ts';
import type { ThreadStart } from './doors/threads/messages.ts';
import { runThread } from './doors/threads/thread.ts';
import { sweepHeap } from './heap.ts';

/** By then the door is open: nobody shall wait for the sweeping to see it opened. */
const OPEN_MS = 300;

// Entry of a door thread: clock and dice come from here, everything else from the main thread.
if (parentPort !== null) {
  await runThread({
    start: workerData as ThreadStart,
    port: parentPort,
    clock: systemClock(),
    dice: systemDice,
  });
  setTimeout(sweepHeap, OPEN_MS).unref();
}
