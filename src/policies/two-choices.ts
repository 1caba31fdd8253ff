import type { Policy } from '../model/policy.ts';
import { defineUnit } from '../unit.ts';
import { burdensOf } from './burden.ts';
import { weightedDraw } from './weighted-draw.ts';

/**
 * Draws two different candidates by weight and takes the less burdened: nearly as even as looking at all, at a cost
 * that does not grow with the pool, and safe with old news and beside other primaries (M. Mitzenmacher, "The power of
 * two choices in randomized load balancing", 2001).
 */
export const twoChoices = defineUnit({
  summary: 'Draws two different ones by weight and takes the less burdened.',
  options: () => ({}),
  make: (): Policy => (candidates) => {
    const burdens = burdensOf(candidates);
    const drawn = weightedDraw(candidates);
    const [only] = candidates;
    return {
      pick: ({ dice, ledger }) => {
        if (candidates.length === 1) return only;
        const one = drawn.any(dice);
        const other = drawn.otherThan(one, dice);
        return candidates[burdens.of(other, ledger) < burdens.of(one, ledger) ? other : one] ?? only;
      },
      score: burdens.score,
      renewal: {
        everyMs: Infinity,
        *begin() {
          yield* burdens.begin();
          yield* drawn.begin();
        },
      },
    };
  },
});
