/** Nothing that a server counts is more; what is more is a mistake, or not a number at all. */
const MOST = 1e15;

/** Whether it is a figure that a secondary may tell: a finite number from 0 to 1e15. */
export const isFigure = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= MOST;
