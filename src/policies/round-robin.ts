import type { Candidate, Policy } from '../model/policy.ts';
import { ahead, everyInSlices, inSlices, type Slices } from '../model/slices.ts';
import { defineUnit } from '../unit.ts';
import { keepFew } from './keep-few.ts';
import { turnsOf } from './turns.ts';

/** One round of turns, and the weights that it is of. */
interface Round {
  readonly weights: Float64Array;
  readonly turns: Uint32Array;
}

function* isOf({ weights }: Round, candidates: readonly Candidate[]): Slices<boolean> {
  if (weights.length !== candidates.length) return false;
  return yield* everyInSlices(candidates, ({ weight }, place) => weight === weights[place]);
}

function* roundOf(candidates: readonly Candidate[]): Slices<Round> {
  const weights = new Float64Array(candidates.length);
  yield* inSlices(candidates, ({ weight }, place) => (weights[place] = weight));
  return { weights, turns: yield* turnsOf(weights) };
}

/**
 * Takes turns by the visitor's ticket. All threads draw from one roll for each way in, so the turns of an entrance are
 * strict over the whole primary, and they go on where they were when a new snapshot has the same weights.
 */
export const roundRobin = defineUnit({
  summary: 'Takes turns; the heavier come up more often, spread evenly.',
  options: () => ({}),
  make: (): Policy => {
    const keptRound = keepFew(roundOf, isOf);
    return (candidates) => {
      const round = ahead(() => keptRound(candidates));
      return {
        pick: ({ ticket }) => {
          const { turns } = round.get();
          // `>>> 0`: a ticket from a 32-bit counter that went over keeps counting up
          return candidates[turns[(ticket >>> 0) % turns.length] ?? 0] ?? candidates[0];
        },
        renewal: { everyMs: Infinity, begin: round.begin },
      };
    };
  },
});
