import type { Clock } from '../model/clock.ts';

/** One request or WebSocket that is carried, as the budget sees it. */
export interface Passage {
  /** Counts bytes that went through, either way; returns for how many milliseconds no more shall. */
  readonly spend: (bytes: number) => number;
  /** Gives the place back; called once. */
  readonly end: () => void;
}

/** What a door may carry. */
export interface Budget {
  /** A place, or `undefined`: all are taken, or the bytes are used up. */
  readonly begin: () => Passage | undefined;
  readonly limit: (limits: Limits) => void;
}

export interface Limits {
  /** at the same time */
  readonly connections: number;
  readonly bytesPerHour: number;
}

/** However far behind it is, a connection is not kept waiting longer than this at a time, or it would seem dead. */
const LONGEST_WAIT_MS = 10_000;
const HOUR_MS = 3_600_000;

/**
 * A bucket of bytes that holds an hour's worth and fills steadily. Whoever is under way when it is empty goes on as fast
 * as it fills; nobody new begins.
 */
export const createBudget = (limits: Limits, clock: Clock): Budget => {
  let { connections, bytesPerHour } = limits;
  let left = bytesPerHour;
  let filledAt = clock.now();
  let open = 0;

  const fill = (): void => {
    const now = clock.now();
    left = Math.min(bytesPerHour, left + ((now - filledAt) / HOUR_MS) * bytesPerHour);
    filledAt = now;
  };

  return {
    begin: () => {
      fill();
      if (open >= connections || left <= 0) return undefined;
      open += 1;
      return {
        spend: (bytes) => {
          left -= bytes;
          if (left > 0) return 0;
          fill();
          return left > 0 ? 0 : Math.min(LONGEST_WAIT_MS, (-left / bytesPerHour) * HOUR_MS);
        },
        end: () => {
          open -= 1;
        },
      };
    },
    limit: (next) => {
      fill();
      ({ connections, bytesPerHour } = next);
      left = Math.min(left, bytesPerHour);
    },
  };
};
