/**
 * An instant in milliseconds of the machine's monotonic clock: the same in every thread and process of one machine,
 * never set back, meaningless on another machine.
 */
export type Instant = number;

/** The time, handed to whoever needs it. */
export interface Clock {
  /** now, monotonic: for ages and spans */
  readonly now: () => Instant;
  /** milliseconds since 1970 by the wall clock: for cookies, logs and people */
  readonly wall: () => number;
}

/** Chance, handed to whoever needs it: a number from 0 up to but not including 1. */
export type Dice = () => number;
