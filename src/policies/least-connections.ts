import { defineUnit } from '../unit.ts';
import { leastBurdened } from './least-burdened.ts';

/** Sends each visitor where the fewest are for the weight: those last reported and those sent since. */
export const leastConnections = defineUnit({
  summary: 'Takes the one with the fewest visitors for its weight: last reported, plus sent there since.',
  options: () => ({}),
  make: () => leastBurdened,
});
