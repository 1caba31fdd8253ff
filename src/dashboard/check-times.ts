import type { Observation } from '../model/outcome.ts';
import type { Times } from './exposition.ts';

const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, Infinity];

/** How long checks took, by whether they passed. */
export interface CheckTimes {
  /** Takes a check that is new. */
  readonly note: (seen: Observation) => void;
  readonly times: () => Readonly<Record<'pass' | 'fail', Times>>;
}

/** Counts how long checks took, of all secondaries together. */
export const createCheckTimes = (): CheckTimes => {
  const begin = () => ({ bounds: BOUNDS, counts: BOUNDS.map(() => 0), sumSeconds: 0 });
  const all = { pass: begin(), fail: begin() };
  return {
    note: ({ outcome: { ok, tookMs } }) => {
      const times = all[ok ? 'pass' : 'fail'];
      const seconds = tookMs / 1000;
      const bound = BOUNDS.findIndex((one) => seconds <= one);
      times.counts[bound] = (times.counts[bound] ?? 0) + 1;
      times.sumSeconds += seconds;
    },
    times: () => all,
  };
};
