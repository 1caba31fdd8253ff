import type { Journal } from '../../journal.ts';

/**
 * A journal for threads that write one access log: the operator hears once that it cannot be written, and once that all of
 * them write it again, with the lines that are missing of all.
 */
export const onceForAll = (journal: Journal): Journal => {
  const failing = new Map<string, { threads: number; lost: number }>();
  return (event) => {
    if (event.type === 'access-log-failed') {
      const known = failing.get(event.file);
      if (known !== undefined) {
        known.threads += 1;
        return;
      }
      failing.set(event.file, { threads: 1, lost: 0 });
    }
    if (event.type === 'access-log-recovered') {
      const known = failing.get(event.file) ?? { threads: 1, lost: 0 };
      known.threads -= 1;
      known.lost += event.lost;
      if (known.threads > 0) return;
      failing.delete(event.file);
      journal({ ...event, lost: known.lost });
      return;
    }
    if (event.type === 'access-log-closed') failing.delete(event.file);
    // A thread that is gone never says that it writes again.
    if (event.type === 'thread-ended') failing.clear();
    journal(event);
  };
};
