import type { Farm } from './farm.ts';
import type { Scenario } from './scenario.ts';

/** What a run showed. A slowdown is the time to the answer, over the time at speed 1 with nobody else. */
export interface Result {
  readonly mean: number;
  readonly p95: number;
  readonly p99: number;
  readonly requests: number;
  /** time average of the fullest secondary's sessions per speed, over the farm's */
  readonly herd: number;
  /** visitors sent to a secondary that is dead or answers errors alone, for each time that it turned so */
  readonly lost: readonly number[];
  /** p99 of the requests to the secondary that came last, in its first 3 minutes; NaN where none came */
  readonly newcomerP99: number;
  /** sessions of each secondary at each sample; empty unless asked for */
  readonly trace: readonly (readonly number[])[];
}

/** Sessions are counted this often, in seconds. */
export const SAMPLE = 1;

/** How long a newcomer is watched, in seconds. */
const NEWCOMER_FOR = 180;

/** Collects what a run shows. */
export interface Measure {
  readonly answered: (server: number, slowdown: number, askedAt: number) => void;
  readonly sample: (now: number) => void;
  readonly died: () => void;
  readonly lost: () => void;
  readonly came: (server: number, now: number) => void;
  readonly result: () => Result;
}

/** A measure of that scenario for at most that many requests. */
export const createMeasure = (
  { speeds, warmUp }: Scenario,
  farm: Farm,
  { requests, isTraced }: { readonly requests: number; readonly isTraced: boolean },
): Measure => {
  const slowdowns = new Float64Array(requests);
  const newcomers: number[] = [];
  const lost: number[] = [];
  const trace: number[][] = [];
  let measured = 0;
  let newcomer = -1;
  let newcomerUntil = 0;
  let herdSum = 0;
  let herdCount = 0;

  return {
    answered: (server, slowdown, askedAt) => {
      if (askedAt >= warmUp) slowdowns[measured++] = slowdown;
      if (server === newcomer && askedAt < newcomerUntil) newcomers.push(slowdown);
    },
    sample: (now) => {
      const sessions = speeds.map((_, server) => (farm.isDead(server) ? 0 : farm.sessions(server, now)));
      if (isTraced) trace.push(sessions);
      if (now < warmUp) return;
      const living = speeds.map((_, server) => server).filter((server) => !farm.isDead(server));
      const held = living.reduce((sum, server) => sum + sessions[server]!, 0);
      if (held === 0) return;
      const capacity = living.reduce((sum, server) => sum + speeds[server]!, 0);
      const most = living.reduce((max, server) => Math.max(max, sessions[server]! / speeds[server]!), 0);
      herdSum += most / (held / capacity);
      herdCount += 1;
    },
    died: () => void lost.push(0),
    lost: () => {
      if (lost.length > 0) lost.push(lost.pop()! + 1);
    },
    came: (server, now) => {
      newcomer = server;
      newcomerUntil = now + NEWCOMER_FOR;
    },
    result: () => {
      const sorted = slowdowns.subarray(0, measured).sort();
      return {
        mean: sorted.reduce((sum, one) => sum + one, 0) / measured,
        p95: quantile(sorted, 0.95),
        p99: quantile(sorted, 0.99),
        requests: measured,
        herd: herdSum / herdCount,
        lost,
        newcomerP99: quantile(Float64Array.from(newcomers).sort(), 0.99),
        trace,
      };
    },
  };
};

/** The value below which that share of a sorted list lies; NaN when it is empty. */
export const quantile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
