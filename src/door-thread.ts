import { parentPort, workerData } from 'node:worker_threads';
import { systemClock, systemDice } from './clock.ts';
import type { ThreadStart } from './doors/threads/messages.ts';
import { runThread } from './doors/threads/thread.ts';

// Entry of a door thread: clock and dice come from here, everything else from the main thread.
if (parentPort !== null) {
  await runThread({
    start: workerData as ThreadStart,
    port: parentPort,
    clock: systemClock(),
    dice: systemDice,
  });
}
