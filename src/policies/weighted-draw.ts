import type { Dice } from '../model/clock.ts';
import type { NonEmpty } from '../model/non-empty.ts';
import type { Candidate } from '../model/policy.ts';
import { ahead, inSlices, type Slices } from '../model/slices.ts';

/** Draws places in a list, each as likely as its weight says, in O(log n). */
export interface WeightedDraw {
  /** Draws any place. */
  readonly any: (dice: Dice) => number;
  /** Draws a place that is not this one, without trying again; only for lists of two and more. */
  readonly otherThan: (taken: number, dice: Dice) => number;
  /** Does in slices what else the first draw does. */
  readonly begin: () => Slices;
}

/** Prepares the drawing of candidates by weight: running sums, and a binary search in them for each draw. */
export const weightedDraw = (candidates: NonEmpty<Candidate>): WeightedDraw => {
  const running = ahead(() => sumsOf(candidates));
  const last = candidates.length - 1;

  return {
    any: (dice) => {
      const sums = running.get();
      return search(sums, dice() * (sums[last] as number), 0);
    },
    otherThan: (taken, dice) => {
      const sums = running.get();
      const total = sums[last] as number;
      const before = taken === 0 ? 0 : (sums[taken - 1] as number);
      const upTo = sums[taken] as number;
      const rest = dice() * (before + total - upTo);
      const isBefore = taken > 0 && (rest < before || taken === last);
      if (isBefore) return Math.min(search(sums, rest, 0), taken - 1);
      return search(sums, upTo + rest - before, taken + 1);
    },
    begin: running.begin,
  };
};

/** Running sums of the weights, measured by the heaviest: they stay finite whatever the weights are. */
function* sumsOf(candidates: NonEmpty<Candidate>): Slices<Float64Array> {
  const sums = new Float64Array(candidates.length);
  let heaviest = 0;
  yield* inSlices(candidates, ({ weight }, place) => {
    heaviest = Math.max(heaviest, weight);
    sums[place] = weight;
  });
  let total = 0;
  yield* inSlices(sums, (weight, place) => {
    total += weight / heaviest;
    sums[place] = total;
  });
  return sums;
}

/** The first place from `low` on whose running sum is above the mark, else the last. */
const search = (sums: Float64Array, mark: number, low: number): number => {
  let from = low;
  let to = sums.length - 1;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((sums[middle] as number) > mark) to = middle;
    else from = middle + 1;
  }
  return from;
};
