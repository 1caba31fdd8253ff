import type { Instant } from '../model/clock.ts';

/** Counts requests while they are served. */
export interface Work {
  readonly begin: (at: Instant) => void;
  readonly end: (at: Instant) => void;
  /** requests in service */
  readonly running: () => number;
  /** seconds so far in which at least one request was in service */
  readonly busySeconds: (at: Instant) => number;
}

/** Starts counting. */
export const createWork = (): Work => {
  let running = 0;
  let busyMs = 0;
  let sinceAt = 0;
  const pass = (at: Instant): void => {
    if (running > 0) busyMs += Math.max(0, at - sinceAt);
    sinceAt = at;
  };
  return {
    begin: (at) => {
      pass(at);
      running += 1;
    },
    end: (at) => {
      pass(at);
      running -= 1;
    },
    running: () => running,
    busySeconds: (at) => {
      pass(at);
      return busyMs / 1_000;
    },
  };
};
