import type { Clock, Instant } from '../model/clock.ts';

/** Beyond this the wall clock was set, and instants are dated anew. */
const DRIFT_MS = 1000;

const MINUTE_MS = 60_000;

/** What an ISO date of a whole minute ends in. */
const SECONDS = '00.000Z';

/** The last millisecond that a Date can hold. */
const END_OF_TIME = 8.64e15;

/** Dates monotonic instants for people. */
export interface WallTime {
  /** milliseconds since 1970, whole */
  readonly at: (instant: Instant) => number;
  /** ISO 8601 in UTC; `null` for an instant that no calendar holds */
  readonly iso: (instant: Instant) => string | null;
}

/**
 * Keeps one distance between the two clocks until they really part, so that the same instant has the same date every
 * time it is asked for: otherwise each second would bring every row anew to every open dashboard.
 */
export const createWallTime = (clock: Clock): WallTime => {
  let distanceMs = clock.wall() - clock.now();
  const at = (instant: Instant): number => {
    const measured = clock.wall() - clock.now();
    if (Math.abs(measured - distanceMs) > DRIFT_MS) distanceMs = measured;
    return Math.round(instant + distanceMs);
  };
  // A thousand rows hold three thousand instants, nearly all of them of the same minute.
  let minute = Number.NaN;
  let begins = '';
  const print = (ms: number): string => {
    const next = Math.floor(ms / MINUTE_MS);
    if (next !== minute) {
      minute = next;
      begins = new Date(next * MINUTE_MS).toISOString().slice(0, -SECONDS.length);
    }
    const rest = ms - next * MINUTE_MS;
    const whole = Math.floor(rest / 1000);
    return `${begins}${String(whole).padStart(2, '0')}.${String(rest % 1000).padStart(3, '0')}Z`;
  };
  return {
    at,
    iso: (instant) => {
      const ms = at(instant);
      return Math.abs(ms) <= END_OF_TIME ? print(ms) : null;
    },
  };
};
