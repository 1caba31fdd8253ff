import type { Instant } from '../model/clock.ts';

/** How often something may be done: what was not spent is saved for the next burst, up to a limit. */
export interface Allowance {
  /** Whether it may be done once more at that moment. */
  readonly has: (now: Instant) => boolean;
  readonly spend: () => void;
}

/** Begins full. */
export const createAllowance = ({
  most,
  perSecond,
  now: startedAt,
}: {
  readonly most: number;
  readonly perSecond: number;
  readonly now: Instant;
}): Allowance => {
  let left = most;
  let refilledAt = startedAt;
  return {
    has: (now) => {
      left = Math.min(most, left + ((now - refilledAt) / 1000) * perSecond);
      refilledAt = now;
      return left >= 1;
    },
    spend: () => {
      left -= 1;
    },
  };
};
