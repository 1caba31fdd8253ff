import type { Journal } from '../journal.ts';

const EVERY_MS = 60_000;

/** Tells of connections that were closed unheard because there were too many at once: once a minute, those since. */
export const watchDrops = ({
  dropped,
  journal,
  everyMs = EVERY_MS,
}: {
  /** how many there were in all */
  readonly dropped: () => number;
  readonly journal: Journal;
  readonly everyMs?: number;
}): { readonly stop: () => void } => {
  let before = dropped();
  const timer = setInterval(() => {
    const now = dropped();
    if (now > before) journal({ type: 'connections-dropped', count: now - before });
    before = now;
  }, everyMs);
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
};
