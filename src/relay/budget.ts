import type { Clock } from '../model/clock.ts';
import type { Network } from '../model/network.ts';
import { allocateBucket, openBucket, type Portion } from './bucket.ts';
import { allocatePlaces, openPlaces } from './places.ts';

/** One request or WebSocket that is carried, as the budget sees it. */
export interface Passage {
  /** Takes so many bytes that are to go through, either way, or as many of them as may; the others are asked for next. */
  readonly take: (bytes: number) => Portion;
  /** Gives the place back; called once. */
  readonly end: () => void;
}

/** What a door may carry. */
export interface Budget {
  /**
   * A place, which may have to be waited for, or `undefined`: all are taken, or all that one network may have, or the bytes
   * are used up, or the visitor is gone.
   */
  readonly begin: (network: Network, isGone: () => boolean) => Promise<Passage | undefined>;
  readonly limit: (limits: Limits) => void;
}

export interface Limits {
  /** at the same time */
  readonly connections: number;
  readonly bytesPerHour: number;
}

/** What all door threads share of the budget. */
export interface BudgetMemory {
  readonly places: SharedArrayBuffer;
  readonly bucket: SharedArrayBuffer;
}

export interface BudgetOptions {
  readonly memory: BudgetMemory;
  readonly thread: number;
  readonly clock: Pick<Clock, 'now'>;
}

/** Memory for the budget of so many threads. */
export const allocateBudget = (threads: number): BudgetMemory => ({
  places: allocatePlaces(threads),
  bucket: allocateBucket(),
});

/**
 * The budget as one thread sees it; nothing is carried before its limits are set. While the bytes are used up those under
 * way go on as fast as more come, and nobody new begins.
 */
export const openBudget = ({ memory, thread, clock }: BudgetOptions): Budget => {
  const places = openPlaces({ memory: memory.places, thread, clock });
  const bucket = openBucket({ memory: memory.bucket, clock });
  return {
    begin: async (network, isGone) => {
      if (bucket.isEmpty() || !(await places.take(network, isGone))) return undefined;
      return {
        take: (bytes) => bucket.take(bytes, places.taken()),
        end: () => {
          places.give(network);
        },
      };
    },
    limit: ({ connections, bytesPerHour }) => {
      places.limit(connections);
      bucket.limit(bytesPerHour);
    },
  };
};
