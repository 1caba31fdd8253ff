import type { Policy } from '../model/policy.ts';
import { burdenOf, ladenOf, scoreBy } from './burden.ts';

/**
 * Chooses the candidate with the least burden, of equal ones any with the same chance. Walks the list twice for each
 * visitor, without allocating.
 */
export const leastBurdened: Policy = (candidates) => {
  const laden = ladenOf(candidates);
  const burdens = new Float64Array(laden.length);

  return {
    pick: ({ dice, ledger }) => {
      let least = Infinity;
      let ties = 0;
      let at = 0;
      for (const row of laden) {
        const burden = burdenOf(row, ledger);
        burdens[at++] = burden;
        if (!(burden <= least)) continue;
        ties = burden === least ? ties + 1 : 1;
        least = burden;
      }
      let skip = ties > 1 ? Math.floor(dice() * ties) : 0;
      for (let place = burdens.indexOf(least); place >= 0; place = burdens.indexOf(least, place + 1))
        if (skip-- === 0) return candidates[place] ?? candidates[0];
      return candidates[0];
    },
    score: scoreBy(laden),
  };
};
