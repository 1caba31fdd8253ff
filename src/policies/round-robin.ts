import type { Policy } from '../model/policy.ts';
import { defineUnit } from '../unit.ts';
import { turnsOf } from './turns.ts';

/**
 * Takes turns by the visitor's ticket. All threads draw from one roll for each way in, so the turns of an entrance are
 * strict over the whole primary, and they go on where they were when a new snapshot has the same weights.
 */
export const roundRobin = defineUnit({
  summary: 'Takes turns; the heavier come up more often, spread evenly.',
  options: () => ({}),
  make: (): Policy => {
    let weights: readonly number[] = [];
    let turns: Uint32Array = new Uint32Array();
    return (candidates) => {
      const isAsBefore =
        candidates.length === weights.length &&
        candidates.every(({ weight }, place) => weight === weights[place]);
      if (!isAsBefore) {
        weights = candidates.map(({ weight }) => weight);
        turns = turnsOf(weights);
      }
      const round = turns;
      // `>>> 0`: a ticket from a 32-bit counter that went over keeps counting up
      return { pick: ({ ticket }) => candidates[round[(ticket >>> 0) % round.length] ?? 0] ?? candidates[0] };
    };
  },
});
