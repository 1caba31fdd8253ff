import type { PoolSnapshot } from '../model/pool.ts';
import type { Instant } from '../model/clock.ts';
import type { Id } from '../model/secondary.ts';
import type { Times } from './exposition.ts';

const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, Infinity];

/** How long checks took, by whether they passed. */
export interface CheckTimes {
  /** Takes the checks that are new in this snapshot; of several between two looks the last. */
  readonly note: (pool: PoolSnapshot) => void;
  readonly times: () => Readonly<Record<'pass' | 'fail', Times>>;
}

/** Counts how long checks took, of all secondaries together. */
export const createCheckTimes = (): CheckTimes => {
  let noted: PoolSnapshot['standings'] | undefined;
  let known: ReadonlyMap<Id, Instant> = new Map();
  const begin = () => ({ bounds: BOUNDS, counts: BOUNDS.map(() => 0), sumSeconds: 0 });
  const all = { pass: begin(), fail: begin() };
  return {
    note: ({ standings }) => {
      if (standings === noted) return;
      noted = standings;
      const seen = new Map<Id, Instant>();
      for (const [id, { verdict }] of standings) {
        const { evidence } = verdict;
        if (evidence === undefined) continue;
        seen.set(id, evidence.at);
        if (known.get(id) === evidence.at) continue;
        const { ok, tookMs } = evidence.outcome;
        const times = all[ok ? 'pass' : 'fail'];
        const seconds = tookMs / 1000;
        const bound = BOUNDS.findIndex((one) => seconds <= one);
        times.counts[bound] = (times.counts[bound] ?? 0) + 1;
        times.sumSeconds += seconds;
      }
      known = seen;
    },
    times: () => all,
  };
};
