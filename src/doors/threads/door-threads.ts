import { MessageChannel, Worker } from 'node:worker_threads';
import type { Clock, Dice } from '../../model/clock.ts';
import type { FromThread, ThreadStart, ToThread } from './messages.ts';
import { runThread } from './thread.ts';

/** A door thread as the main thread deals with it, wherever it runs. */
export interface DoorThread {
  readonly say: (message: ToThread) => void;
  /** Ends it at once. */
  readonly cut: () => void;
}

/** Who hears of a door thread. */
export interface ThreadListener {
  readonly heard: (message: FromThread) => void;
  /** It is no more; called once. */
  readonly ended: (because: string) => void;
}

/**
 * Room for what a visit leaves behind, which is gone before the next sweep: more of it would only keep more memory
 * resident under load.
 */
const YOUNG_MB = 4;

/** Starts a door in a thread of its own. @param entry the module it runs */
export const startApart = (entry: URL, start: ThreadStart, { heard, ended }: ThreadListener): DoorThread => {
  const worker = new Worker(entry, {
    workerData: start,
    name: `door ${String(start.thread)}`,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  let because = 'it ended';
  worker.on('message', heard);
  worker.on('error', (error: unknown) => {
    because = error instanceof Error ? (error.stack ?? error.message) : String(error);
  });
  worker.on('exit', () => {
    ended(because);
  });
  return {
    say: (message) => {
      worker.postMessage(message);
    },
    cut: () => void worker.terminate(),
  };
};

/** Starts a door in this thread: an isolate less, 13 MB. It is spoken to as the others are. */
export const startHere = (
  start: ThreadStart,
  { heard, ended, clock, dice }: ThreadListener & { readonly clock: Clock; readonly dice: Dice },
): DoorThread => {
  const { port1, port2 } = new MessageChannel();
  let because = 'it ended';
  port1.on('message', heard);
  port1.on('close', () => {
    ended(because);
  });
  const run = async (): Promise<void> => {
    try {
      await runThread({ start, port: port2, clock, dice });
    } catch (error) {
      because = error instanceof Error ? (error.stack ?? error.message) : String(error);
      port1.close();
    }
  };
  void run();
  return {
    say: (message) => {
      port1.postMessage(message);
    },
    cut: () => {
      port1.close();
    },
  };
};
