import type { Policy } from '../model/policy.ts';
import { defineUnit } from '../unit.ts';
import { weightedDraw } from './weighted-draw.ts';

/** Sends each visitor anywhere, as likely as the weight says; remembers nothing. */
export const random = defineUnit({
  summary: 'Draws one at random, as likely as its weight says.',
  options: () => ({}),
  make: (): Policy => (candidates) => {
    const drawn = weightedDraw(candidates);
    return {
      pick: ({ dice }) => candidates[drawn.any(dice)] ?? candidates[0],
      renewal: { everyMs: Infinity, begin: drawn.begin },
    };
  },
});
