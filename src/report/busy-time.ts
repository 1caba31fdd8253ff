import type { Instant } from '../model/clock.ts';

/** The time in which at least one of many requests was in service, told from when they ended and how long they took. */
export interface BusyTime {
  /** Adds a request; none may have ended before one that was added earlier. */
  readonly add: (endedAt: Instant, tookMs: number) => void;
  /** seconds so far; never more of them than have gone by since it was asked before */
  readonly seconds: (at: Instant) => number;
}

/** So many gaps between requests are remembered; a request that began before the oldest of them fills none there. */
const MOST = 4_096;

/**
 * Starts measuring. What a long request adds when it ends, it added over its whole length: the counter is paced, so that
 * nobody takes it for a sum of requests that ran side by side.
 */
export const createBusyTime = (startedAt: Instant): BusyTime => {
  /** times without a gap in them, in order, none touching the next */
  const starts: Instant[] = [];
  const ends: Instant[] = [];
  let busyMs = 0;
  let settledAt = startedAt;
  let toldMs = 0;
  let toldAt = startedAt;

  return {
    add: (endedAt, tookMs) => {
      let from = Math.max(settledAt, endedAt - tookMs);
      const to = Math.max(endedAt, ends.at(-1) ?? from);
      for (let last = starts.at(-1); last !== undefined; last = starts.at(-1)) {
        const end = ends.at(-1) ?? last;
        if (end < from) break;
        from = Math.min(from, last);
        busyMs -= end - last;
        starts.pop();
        ends.pop();
      }
      if (to <= from) return;
      busyMs += to - from;
      starts.push(from);
      ends.push(to);
      if (starts.length < MOST) return;
      const settled = MOST / 2;
      settledAt = ends[settled - 1] ?? settledAt;
      starts.splice(0, settled);
      ends.splice(0, settled);
    },
    seconds: (at) => {
      toldMs = Math.max(toldMs, Math.min(busyMs, toldMs + Math.max(0, at - toldAt)));
      toldAt = at;
      return toldMs / 1_000;
    },
  };
};
