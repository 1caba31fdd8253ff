import type { Policy } from '../model/policy.ts';
import { defineUnit } from '../unit.ts';
import { weigh } from './balance/weigh.ts';
import { leastBurdened } from './least-burdened.ts';

/**
 * Evens out the load on news that may be old. Where somebody learns from the reports, by what is believed of each
 * secondary (`balance/`); where nobody does, by (last reported + sent since + 1) / weight. Either way what this primary
 * sent since counts as much as the report, so visitors never flock to the least line of an old file.
 */
export const balance = defineUnit({
  summary: 'Evens out the load by the last reports and by whom it sent where since.',
  options: () => ({}),
  make: (): Policy => (candidates) =>
    candidates.some(({ belief }) => belief !== undefined) ? weigh(candidates) : leastBurdened(candidates),
});
