import type { Clock } from '../../src/model/clock.ts';

/** A clock that stands still until it is moved. */
export const createStillClock = (): Clock & { readonly forward: (ms: number) => void } => {
  let at = 1_000_000;
  return {
    now: () => at,
    wall: () => at,
    forward: (ms) => {
      at += ms;
    },
  };
};
