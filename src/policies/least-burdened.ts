import type { LedgerView, Policy } from '../model/policy.ts';
import { finish, inSlices, type Slices } from '../model/slices.ts';
import { burdensOf } from './burden.ts';
import { createLeasts, type Leasts } from './leasts.ts';

/**
 * Chooses the candidate with the least burden, of equal ones any with the same chance.
 *
 * Between two snapshots burdens hardly ever do anything but grow, by whom we send. So what was seen of each is kept as a
 * lower bound, the ledger is asked anew only about the one that looks least, and if that has grown meanwhile the search
 * begins again: the choice is the same as if all had been asked, and all are asked only once, before the first visitor.
 * They do shrink when reports arrive whose snapshot is still on its way: if the one that looks least has, all are asked
 * again.
 */
export const leastBurdened: Policy = (candidates) => {
  const burdens = burdensOf(candidates);
  function* askAll(ledger: LedgerView): Slices<Leasts> {
    yield* burdens.begin();
    const asked = new Float64Array(candidates.length);
    yield* inSlices(candidates, (_, place) => (asked[place] = burdens.of(place, ledger)));
    return createLeasts(asked);
  }
  let bounds: Leasts | undefined;

  return {
    pick: ({ dice, ledger }) => {
      bounds ??= finish(askAll(ledger));
      for (;;) {
        const place = bounds.find(dice);
        const burden = burdens.of(place, ledger);
        if (burden > bounds.at(place)) bounds.change(place, burden);
        else if (burden < bounds.at(place)) bounds = finish(askAll(ledger));
        else return candidates[place] ?? candidates[0];
      }
    },
    score: burdens.score,
    renewal: {
      everyMs: Infinity,
      *begin({ ledger }) {
        const asked = yield* askAll(ledger);
        bounds ??= asked;
      },
    },
  };
};
