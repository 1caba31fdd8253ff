import type { Clock, Dice } from './model/clock.ts';

/**
 * The machine's clocks. `performance.now` counts from another instant in every thread, the kernel's monotonic clock does
 * not: the difference, taken once, makes instants comparable between all threads and processes of the machine.
 */
export const systemClock = (): Clock => {
  const offsetMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();
  return { now: () => performance.now() + offsetMs, wall: () => Date.now() };
};

/** The machine's dice. */
export const systemDice: Dice = () => Math.random();
