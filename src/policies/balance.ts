import type { Policy } from '../model/policy.ts';
import { defineUnit } from '../unit.ts';
import { weigh } from './balance/weigh.ts';

/**
 * Evens out the load on news that may be old, by what is believed of each secondary and by whom this primary sent where
 * (`balance/`). That counts as much as the reports, so visitors never flock to the least line of an old file; and where
 * nobody reports anything, it takes turns by weight.
 */
export const balance = defineUnit({
  summary: 'Evens out the load by the last reports and by whom it sent where since.',
  options: () => ({}),
  make: (): Policy => weigh,
});
