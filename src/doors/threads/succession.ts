import type { PoolSnapshot } from '../../model/pool.ts';
import type { AccessLog } from '../access-log/access-log.ts';
import type { Service } from '../public/service.ts';

/** What visits are answered by, and where that is written down. */
export interface Serving {
  readonly service: Service;
  readonly accessLog: AccessLog | undefined;
}

/**
 * One service after the other. With new settings what is known of a long list is worked out anew, in slices; until that
 * is through, visits are answered by the settings before and by what was known then, and nobody waits.
 */
export interface Succession {
  /** what visits are answered by now, … */
  readonly service: () => Service;
  /** … and the cached snapshot that it goes by */
  readonly cached: () => PoolSnapshot;
  /** A new cached snapshot. */
  readonly hear: (snapshot: PoolSnapshot) => void;
  /** This one answers as soon as it is ready; of a short list at once. One that was to come before it never does. */
  readonly follow: (next: Serving) => void;
  /** Nothing is made ready any more; the logs are closed. */
  readonly stop: () => Promise<void>;
}

/** The first one answers at once. @param known what it goes by */
export const createSuccession = (first: Serving, known: PoolSnapshot): Succession => {
  let serving = first;
  let coming: Serving | undefined;
  let cached = known;
  let newest = known;
  first.service.begin();

  const end = ({ service, accessLog }: Serving): void => {
    service.stop();
    if (accessLog !== serving.accessLog && accessLog !== coming?.accessLog) void accessLog?.close();
  };

  return {
    service: () => serving.service,
    cached: () => cached,
    hear: (snapshot) => {
      newest = snapshot;
      if (coming === undefined) cached = snapshot;
      (coming ?? serving).service.hear(snapshot);
    },
    follow: (next) => {
      const dropped = coming;
      coming = next;
      if (dropped !== undefined) end(dropped);
      next.service.hear(newest, () => {
        const before = serving;
        serving = next;
        coming = undefined;
        cached = newest;
        next.service.begin();
        end(before);
      });
    },
    stop: async () => {
      serving.service.stop();
      coming?.service.stop();
      await Promise.all([serving.accessLog?.close(), coming?.accessLog?.close()]);
    },
  };
};
