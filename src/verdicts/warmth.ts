import type { Instant } from '../model/clock.ts';
import type { Verdict } from '../model/verdict.ts';

/** Nobody comes back with less: without any visitor its caches stay cold for ever. */
const LEAST = 0.1;

/**
 * The share of its weight that a secondary may take now: 0.1 when it comes back or is new, growing in a straight line
 * to 1 after `slowReturnMs`. The form is Envoy's slow start with aggression 1.
 */
export const warmth = ({ warmingSince }: Verdict, now: Instant, slowReturnMs: number): number => {
  if (warmingSince === undefined || slowReturnMs <= 0) return 1;
  return Math.max(LEAST, Math.min(1, (now - warmingSince) / slowReturnMs));
};
