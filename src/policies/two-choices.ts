import type { Policy } from '../model/policy.ts';
import { defineUnit } from '../unit.ts';
import { burdenOf, ladenOf, scoreBy } from './burden.ts';
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
    const laden = ladenOf(candidates);
    const drawn = weightedDraw(candidates);
    const [only] = laden;
    return {
      pick: ({ dice, ledger }) => {
        if (laden.length === 1) return only.candidate;
        const place = drawn.any(dice);
        const one = laden[place] ?? only;
        const other = laden[drawn.otherThan(place, dice)] ?? only;
        return burdenOf(other, ledger) < burdenOf(one, ledger) ? other.candidate : one.candidate;
      },
      score: scoreBy(laden),
    };
  },
});
