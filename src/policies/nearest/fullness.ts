import type { Instant } from '../../model/clock.ts';
import type { NonEmpty } from '../../model/non-empty.ts';
import type { Candidate, Draw, Renewal } from '../../model/policy.ts';
import { ahead, finish, inSlices, type Slices } from '../../model/slices.ts';
import { PATIENCE_MS } from '../balance/constants.ts';
import type { Weighed } from '../balance/weigh.ts';

/** Who uses this part of his capacity takes nobody for being near. */
const FULL = 0.9;
/** Where nobody tells capacities: twice as many requests as the others, … */
const TIMES = 2;
/** … and so many more. A few more or less are chance. */
const MORE = 8;
/** How long the answer holds where visits look themselves. Of long lists longer: all of it is looked at. */
const HOLDS_MS = 250;
const HOLDS_MS_EACH = 0.25;

export interface Fullness {
  /** Whether the candidate in this place is full. */
  readonly is: (place: number, draw: Draw) => boolean;
  /** Looks who is, so that no visit has to; the candidates were weighed just before. */
  readonly begin: Renewal['begin'];
}

/**
 * Tells whether the candidate in a place is full: by its own word, by its part of what the pool can take (what it bears
 * over the mean, times the part of the pool that is in use), or by many more requests than others have. Where nobody
 * tells anything, nobody is full.
 */
export const fullness = (candidates: NonEmpty<Candidate>, weighed: Weighed): Fullness => {
  let isFull = new Uint8Array(candidates.length);
  const holdsMs = Math.max(HOLDS_MS, candidates.length * HOLDS_MS_EACH);
  const told = ahead(() => countsOf(candidates));
  let madeAt = -Infinity;
  let isRenewed = false;

  /** A few are weighed at every visit, and then looked at. */
  const isWeighedBetween = weighed.renewal.everyMs < Infinity;

  function* look(now: Instant): Slices {
    const { counts, usual } = told.get();
    let sum = 0;
    let known = 0;
    yield* inSlices(candidates, ({ belief }, place) => {
      const score = belief === undefined ? NaN : weighed.lastScore(place);
      if (Number.isNaN(score)) return;
      sum += score;
      known += 1;
    });
    const mean = sum / known;
    const found = new Uint8Array(candidates.length);
    let free = 0;
    yield* inSlices(candidates, ({ load, belief, weight }, place) => {
      // 1 stands for "nobody tells" too
      const isTold = belief !== undefined && belief.outlook.load < 1;
      const isBeyond = isTold && (belief.outlook.load * weighed.lastScore(place)) / mean >= FULL;
      const count = counts[place] ?? NaN;
      const isCrowded = count >= TIMES * usual && (count - usual) * weight >= MORE;
      if ((load?.utilization ?? 0) >= FULL || isBeyond || isCrowded) found[place] = 1;
      else free += 1;
    });
    isFull = free === 0 ? found.fill(0) : found;
    madeAt = now;
  }

  return {
    is: (place, draw) => {
      const restMs = isRenewed ? PATIENCE_MS : holdsMs;
      if (!(Math.abs(draw.now - madeAt) < restMs)) {
        const { believed } = told.get();
        if (believed !== undefined) weighed.score(believed, draw);
        finish(look(draw.now));
      }
      return isFull[place] === 1;
    },
    *begin({ now }) {
      yield* told.begin();
      if (!isWeighedBetween) return;
      if (!(Math.abs(now - madeAt) < holdsMs / 2)) yield* look(now);
      isRenewed = true;
    },
  };
};

/** How many are at each for its weight, as far as it tells, and how many usually. */
interface Counts {
  /** by place; NaN: not told */
  readonly counts: Float64Array;
  readonly usual: number;
  /** somebody of whom something is believed */
  readonly believed: Candidate | undefined;
}

function* countsOf(candidates: NonEmpty<Candidate>): Slices<Counts> {
  const counts = new Float64Array(candidates.length);
  let sum = 0;
  let telling = 0;
  let believed: Candidate | undefined;
  yield* inSlices(candidates, (candidate, place) => {
    const { load, belief, weight } = candidate;
    if (belief !== undefined) believed ??= candidate;
    const count = (load?.running ?? load?.sessions ?? NaN) / weight;
    counts[place] = count;
    if (Number.isNaN(count)) return;
    sum += count;
    telling += 1;
  });
  return { counts, usual: sum / telling, believed };
}
