import type { Failure } from '../model/outcome.ts';
import type { Verdict } from '../model/verdict.ts';

/** Failures that no patience mends: somebody answered that nobody serves there. A timeout may be a busy moment. */
const CERTAIN: ReadonlySet<Failure> = new Set(['refused', 'reset', 'unreachable']);

/**
 * Whether it is worth asking soon, because visitors are sent wrong until the verdict turns: one that is up and whose
 * last answer was a certain failure; or, while nobody is up at all, one that begins to pass. As long as others serve,
 * one that comes back has the time to show that it stays.
 *
 * @param up how many of the pool are up
 */
export const isTurning = ({ health, passes, evidence }: Verdict, up: number): boolean => {
  if (evidence === undefined) return false;
  const { outcome } = evidence;
  if (health === 'up') return !outcome.ok && CERTAIN.has(outcome.failure);
  return health === 'down' && passes > 0 && up === 0;
};
