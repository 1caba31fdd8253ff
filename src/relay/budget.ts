import type { Clock } from '../model/clock.ts';
import type { Network } from '../model/network.ts';

/** One request or WebSocket that is carried, as the budget sees it. */
export interface Passage {
  /** Counts bytes that went through, either way; returns for how many milliseconds no more shall. */
  readonly spend: (bytes: number) => number;
  /** Gives the place back; called once. */
  readonly end: () => void;
}

/** What a door may carry. */
export interface Budget {
  /** A place, or `undefined`: all are taken, or all that one network may have, or the bytes are used up. */
  readonly begin: (network: Network) => Passage | undefined;
  readonly limit: (limits: Limits) => void;
}

export interface Limits {
  /** at the same time */
  readonly connections: number;
  readonly bytesPerHour: number;
}

/** What one network may have of all places, and the least it may. */
const SHARE = 1 / 4;
const LEAST = 2;

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
  const openOf = new Map<Network, number>();

  const fill = (): void => {
    const now = clock.now();
    left = Math.min(bytesPerHour, left + ((now - filledAt) / HOUR_MS) * bytesPerHour);
    filledAt = now;
  };

  return {
    begin: (network) => {
      fill();
      if (open >= connections || left <= 0) return undefined;
      const mine = openOf.get(network) ?? 0;
      if (mine >= Math.max(LEAST, connections * SHARE)) return undefined;
      open += 1;
      openOf.set(network, mine + 1);
      return {
        spend: (bytes) => {
          left -= bytes;
          if (left > 0) return 0;
          fill();
          return left > 0 ? 0 : Math.min(LONGEST_WAIT_MS, (-left / bytesPerHour) * HOUR_MS);
        },
        end: () => {
          open -= 1;
          const others = (openOf.get(network) ?? 1) - 1;
          if (others > 0) openOf.set(network, others);
          else openOf.delete(network);
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
