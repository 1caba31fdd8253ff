/** Visitors who ask, wait for the answer, think and ask again. */
export interface Thinkers {
  readonly thinkers: number;
  /** how often they are to ask, all together */
  readonly perSecond: number;
  /** how long each of them takes for the rest: waiting, and what the steps of the load's clock add */
  readonly elseMs: number;
}

/** How long they have to think on average, in milliseconds; at least a quarter of the time between two questions. */
export const thinkingMs = ({ thinkers, perSecond, elseMs }: Thinkers): number => {
  const roundMs = (thinkers / perSecond) * 1000;
  return Math.max(roundMs / 4, roundMs - elseMs);
};

/** Whether a share is near enough to a half that waiting times under it can be compared. */
export const isHalf = (share: number): boolean => share >= 0.45 && share <= 0.55;
