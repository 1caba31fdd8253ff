import type { NonEmpty } from '../model/non-empty.ts';
import type { Candidate, Policy } from '../model/policy.ts';
import { defineUnit } from '../unit.ts';
import { keepFew } from './keep-few.ts';
import { turnsOf } from './turns.ts';

/** One round of turns, and the weights that it is of. */
interface Round {
  readonly weights: Float64Array;
  readonly turns: Uint32Array;
}

const isOf = ({ weights }: Round, candidates: readonly Candidate[]): boolean =>
  weights.length === candidates.length && candidates.every(({ weight }, place) => weight === weights[place]);

/** The rounds of lists; the same for those of the same weights, if they are among the last few. */
export const keepRounds = (): ((candidates: NonEmpty<Candidate>) => Round) =>
  keepFew((candidates) => {
    const weights = candidates.map(({ weight }) => weight);
    return { weights: Float64Array.from(weights), turns: turnsOf(weights) };
  }, isOf);

/**
 * Takes turns by the visitor's ticket. All threads draw from one roll for each way in, so the turns of an entrance are
 * strict over the whole primary, and they go on where they were when a new snapshot has the same weights.
 */
export const roundRobin = defineUnit({
  summary: 'Takes turns; the heavier come up more often, spread evenly.',
  options: () => ({}),
  make: (): Policy => {
    const roundOf = keepRounds();
    return (candidates) => {
      const { turns } = roundOf(candidates);
      // `>>> 0`: a ticket from a 32-bit counter that went over keeps counting up
      return { pick: ({ ticket }) => candidates[turns[(ticket >>> 0) % turns.length] ?? 0] ?? candidates[0] };
    };
  },
});
