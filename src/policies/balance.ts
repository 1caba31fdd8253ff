import { defineUnit } from '../unit.ts';
import { leastBurdened } from './least-burdened.ts';

/**
 * Evens out the load on news that may be old: (last reported + sent since + 1) / weight, ties at random. What this
 * primary sent since the report counts as much as the report, so visitors never flock to the least line of an old file.
 */
export const balance = defineUnit({
  summary: 'Evens out the load by the last reports and by whom it sent where since.',
  options: () => ({}),
  make: () => leastBurdened,
});
