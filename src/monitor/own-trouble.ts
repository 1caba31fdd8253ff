import type { Journal } from '../journal.ts';
import type { Instant } from '../model/clock.ts';
import type { Observation } from '../model/outcome.ts';

/** So long without trouble, and it is over. */
const QUIET_MS = 10_000;

/**
 * Watches for questions that could not be asked because this machine has no more ports, files or memory. They say
 * nothing of any secondary; the operator is told once that it is so, and once that it is over.
 */
export const createTroubleWatch = (journal: Journal): ((seen: Observation) => void) => {
  let lastAt: Instant | undefined;
  return ({ at, outcome }) => {
    if (!outcome.ok && outcome.failure === 'exhausted') {
      if (lastAt === undefined) journal({ type: 'asking-failed', because: outcome.detail });
      lastAt = at;
      return;
    }
    if (lastAt === undefined || at - lastAt < QUIET_MS) return;
    lastAt = undefined;
    journal({ type: 'asking-recovered' });
  };
};
