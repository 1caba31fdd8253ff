import type { Policy } from '../model/policy.ts';
import { defineUnit } from '../unit.ts';
import { turnsOf } from './turns.ts';

/**
 * Takes turns by the visitor's ticket. All threads draw from one row of tickets, so the turns are strict over the
 * whole primary, and they go on where they were when a new snapshot has the same weights.
 */
export const roundRobin = defineUnit({
  summary: 'Takes turns; the heavier come up more often, spread evenly.',
  options: () => ({}),
  make: (): Policy => (candidates) => {
    const turns = turnsOf(candidates.map(({ weight }) => weight));
    // `>>> 0`: a ticket from a 32-bit counter that went over keeps counting up
    return { pick: ({ ticket }) => candidates[turns[(ticket >>> 0) % turns.length] ?? 0] ?? candidates[0] };
  },
});
