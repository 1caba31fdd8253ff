import type { Journal } from '../journal.ts';

const EVERY_MS = 1000;
/** Told this long ago, or longer, it is told again. */
const QUIET_MS = 60_000;

/**
 * Tells of connections that were closed unheard because there were too many at once: at once, and of those that follow once
 * a minute.
 */
export const watchDrops = ({
  dropped,
  journal,
}: {
  /** how many there were in all */
  readonly dropped: () => number;
  readonly journal: Journal;
}): { readonly stop: () => void } => {
  let told = dropped();
  let quietMs = 0;
  const timer = setInterval(() => {
    quietMs -= EVERY_MS;
    const now = dropped();
    if (now <= told || quietMs > 0) return;
    journal({ type: 'connections-dropped', count: now - told });
    told = now;
    quietMs = QUIET_MS;
  }, EVERY_MS);
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
};
