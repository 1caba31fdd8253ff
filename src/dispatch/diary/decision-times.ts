import type { Clock } from '../../model/clock.ts';
import { DECISION_BOUNDS, DECISION_ROWS, DECISION_SUM } from './decision-rows.ts';
import type { Dispatch } from '../dispatch.ts';
import type { Ledger } from '../ledger/ledger.ts';

/** One visit in so many is timed: a clock costs a tenth of a decision. */
export const TIMED_EVERY = 128;

/** The same dispatch; now and then it takes its own time. What has to wait for a live round first is not timed. */
export const timed = (
  dispatch: Dispatch['dispatch'],
  { ledger, clock }: { readonly ledger: Pick<Ledger, 'count' | 'add'>; readonly clock: Pick<Clock, 'now'> },
): Dispatch['dispatch'] => {
  let left: number = TIMED_EVERY;
  return (arrival, leaving) => {
    left -= 1;
    if (left > 0) return dispatch(arrival, leaving);
    left = TIMED_EVERY;
    const from = clock.now();
    const answer = dispatch(arrival, leaving);
    if (answer instanceof Promise) return answer;
    const tookUs = Math.max(0, (clock.now() - from) * 1000);
    const bound = DECISION_BOUNDS.findIndex((one) => tookUs <= one);
    ledger.count(DECISION_ROWS[bound === -1 ? DECISION_ROWS.length - 1 : bound] ?? '');
    ledger.add(DECISION_SUM, tookUs);
    return answer;
  };
};
