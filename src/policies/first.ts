import type { Policy } from '../model/policy.ts';
import { defineUnit } from '../unit.ts';

/** Sends everybody to the first of the list that may serve; the next ones stand in for it. */
export const first = defineUnit({
  summary: 'Takes the first of the list that may serve; weights do not count.',
  options: () => ({}),
  make:
    (): Policy =>
    ([candidate]) => ({ pick: () => candidate }),
});
