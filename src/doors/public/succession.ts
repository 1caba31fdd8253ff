import type { PoolSnapshot } from '../../model/pool.ts';
import type { AccessLog } from '../access-log/access-log.ts';
import type { Service } from './service.ts';

/** What visits are answered by, and where that is written down. */
export interface Serving {
  readonly service: Service;
  readonly accessLog: AccessLog | undefined;
}

/**
 * One service after the other. With new settings what is known of a long list is worked out anew, in slices; until that
 * is through, visits are answered by the settings before and by what was known then, and nobody waits. That holds for
 * what is `cached`, and where nobody asks; what is asked for a visitor (`live`) is worked out for him, when it is there.
 */
export interface Succession {
  /** what visits are answered by now, … */
  readonly service: () => Service;
  /** … and the cached snapshot that it goes by */
  readonly cached: () => PoolSnapshot;
  /** A new cached snapshot. */
  readonly hear: (snapshot: PoolSnapshot) => void;
  /**
   * The settings are others: what is made of them answers as soon as it is ready; of a short list at once. While one is
   * made ready it is let come, however many edits there are meanwhile; one more is made after it, of the last of them.
   */
  readonly renew: () => void;
  /** Nothing is made ready any more; the logs are closed. */
  readonly stop: () => Promise<void>;
}

/**
 * The first one answers at once.
 *
 * @param make of the settings as they are when it is called; where they want the same log as before, with that one
 * @param known what the first one goes by
 */
export const createSuccession = (make: () => Serving, known: PoolSnapshot): Succession => {
  let serving = make();
  let coming: Serving | undefined;
  let isOutdated = false; // what is coming
  let cached = known;
  let newest = known;
  serving.service.begin();
  serving.service.hear(known);

  const renew = (): void => {
    isOutdated = coming !== undefined;
    if (isOutdated) return;
    const next = make();
    coming = next;
    next.service.hear(newest, () => {
      const before = serving;
      serving = next;
      coming = undefined;
      cached = newest;
      next.service.begin();
      before.service.stop();
      if (before.accessLog !== next.accessLog) void before.accessLog?.close();
      if (isOutdated) renew();
    });
  };

  return {
    service: () => serving.service,
    cached: () => cached,
    hear: (snapshot) => {
      newest = snapshot;
      if (coming === undefined) cached = snapshot;
      (coming ?? serving).service.hear(snapshot);
    },
    renew,
    stop: async () => {
      serving.service.stop();
      coming?.service.stop();
      await Promise.all([serving.accessLog?.close(), coming?.accessLog?.close()]);
    },
  };
};
