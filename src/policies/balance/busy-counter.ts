import { CLEARED_SECONDS, JUDGED_SECONDS, LATE_ANSWER_SECONDS, MOST_BUSY_SHARE } from './constants.ts';

/** What is thought of a machine's counter of busy seconds. Plain data. */
export interface BusyCounter {
  /** it ran faster than the clock: it adds up requests that ran at the same time, and tells no speed */
  readonly isSummed: boolean;
  /** what it counted since it was last judged, and in which time */
  readonly busySeconds: number;
  readonly seconds: number;
}

/** Nothing seen yet: it is trusted. */
export const UNJUDGED: BusyCounter = { isSummed: false, busySeconds: 0, seconds: 0 };

/**
 * Adds what was counted between two reports, and judges the counter by all that was since it was judged before: it is
 * summed as soon as that is more than the clock allows, and sound again when a whole block was.
 */
export const judgeBusy = (
  before: BusyCounter,
  seen: { readonly busySeconds: number; readonly seconds: number },
): BusyCounter => {
  const busySeconds = before.busySeconds + seen.busySeconds;
  const seconds = before.seconds + seen.seconds;
  const allowed = Math.max(seconds, JUDGED_SECONDS) * MOST_BUSY_SHARE + LATE_ANSWER_SECONDS;
  if (busySeconds > allowed) return { ...UNJUDGED, isSummed: true };
  const isWhole = seconds >= (before.isSummed ? CLEARED_SECONDS : JUDGED_SECONDS);
  return isWhole ? UNJUDGED : { ...before, busySeconds, seconds };
};
