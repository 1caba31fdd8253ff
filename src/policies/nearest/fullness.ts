import type { NonEmpty } from '../../model/non-empty.ts';
import type { Candidate, Draw, Prepared } from '../../model/policy.ts';
import { ahead, inSlices, type Ahead, type Slices } from '../../model/slices.ts';

/** Who uses this part of his capacity takes nobody for being near. */
const FULL = 0.9;
/** Where nobody tells capacities: twice as many requests as the others, … */
const TIMES = 2;
/** … and so many more. A few more or less are chance. */
const MORE = 8;
/** How long the answer holds. Of long lists longer: it is worked out for all at once. */
const HOLDS_MS = 250;
const HOLDS_MS_EACH = 0.25;

export interface Fullness {
  /** Whether the candidate in this place is full. */
  readonly is: (place: number, draw: Draw) => boolean;
  /** Does in slices what need not be done again. */
  readonly begin: Ahead<object>['begin'];
}

/**
 * Tells whether the candidate in a place is full: by its own word, by its part of what the pool can take (what it bears
 * over the mean, times the part of the pool that is in use), or by many more requests than others have. Where nobody
 * tells anything, nobody is full.
 */
export const fullness = (candidates: NonEmpty<Candidate>, { score }: Prepared): Fullness => {
  const isFull = new Uint8Array(candidates.length);
  const holdsMs = Math.max(HOLDS_MS, candidates.length * HOLDS_MS_EACH);
  const told = ahead(() => countsOf(candidates));
  let madeAt = -Infinity;

  const make = (draw: Draw): void => {
    madeAt = draw.now;
    const { counts, usual } = told.get();
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

  return {
    is: (place, draw) => {
      if (!(Math.abs(draw.now - madeAt) < holdsMs)) make(draw);
      return isFull[place] === 1;
    },
    begin: told.begin,
  };
};

/** How many are at each for its weight, as far as it tells, and how many usually. */
interface Counts {
  /** by place; NaN: not told */
  readonly counts: Float64Array;
  readonly usual: number;
}

function* countsOf(candidates: NonEmpty<Candidate>): Slices<Counts> {
  const counts = new Float64Array(candidates.length);
  let sum = 0;
  let telling = 0;
  yield* inSlices(candidates, ({ load, weight }, place) => {
    const count = (load?.running ?? load?.sessions ?? NaN) / weight;
    counts[place] = count;
    if (Number.isNaN(count)) return;
    sum += count;
    telling += 1;
  });
  return { counts, usual: sum / telling };
}
