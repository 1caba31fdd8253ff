import type { NonEmpty } from '../../model/non-empty.ts';
import type { Candidate, Draw, Prepared } from '../../model/policy.ts';

/** Who uses this part of his capacity takes nobody for being near. */
const FULL = 0.9;
/** Where nobody tells capacities: twice as many requests as the others, … */
const TIMES = 2;
/** … and so many more. A few more or less are chance. */
const MORE = 8;
/** How long the answer holds. Of long lists longer: it is worked out for all at once. */
const HOLDS_MS = 250;
const HOLDS_MS_EACH = 0.25;

/**
 * Tells whether the candidate in a place is full: by its own word, by its part of what the pool can take (what it bears
 * over the mean, times the part of the pool that is in use), or by many more requests than others have. Where nobody
 * tells anything, nobody is full.
 */
export const fullness = (
  candidates: NonEmpty<Candidate>,
  { score }: Prepared,
): ((place: number, draw: Draw) => boolean) => {
  const isFull = new Uint8Array(candidates.length);
  const holdsMs = Math.max(HOLDS_MS, candidates.length * HOLDS_MS_EACH);
  const counts = candidates.map(({ load, weight }) => (load?.running ?? load?.sessions ?? NaN) / weight);
  const told = counts.filter((count) => !Number.isNaN(count));
  const usual = told.reduce((sum, count) => sum + count, 0) / told.length;
  let madeAt = -Infinity;

  const make = (draw: Draw): void => {
    madeAt = draw.now;
    const scores = candidates.map((candidate) =>
      candidate.belief === undefined ? NaN : (score?.(candidate, draw) ?? NaN),
    );
    const known = scores.filter((one) => !Number.isNaN(one));
    const mean = known.reduce((sum, one) => sum + one, 0) / known.length;
    candidates.forEach(({ load, belief, weight }, place) => {
      const inUse = belief === undefined ? NaN : (belief.outlook.load * (scores[place] ?? NaN)) / mean;
      // 1 stands for "nobody tells" too
      const isBeyond = belief !== undefined && belief.outlook.load < 1 && inUse >= FULL;
      const count = counts[place] ?? NaN;
      const isCrowded = count >= TIMES * usual && (count - usual) * weight >= MORE;
      isFull[place] = (load?.utilization ?? 0) >= FULL || isBeyond || isCrowded ? 1 : 0;
    });
    if (isFull.every((each) => each === 1)) isFull.fill(0);
  };

  return (place, draw) => {
    if (!(Math.abs(draw.now - madeAt) < holdsMs)) make(draw);
    return isFull[place] === 1;
  };
};
