import { FIELDS } from '../loads/report.ts';
import type { Instant } from '../model/clock.ts';
import type { LoadReport } from '../model/load-report.ts';
import type { Choice } from '../unit.ts';

/** What the requests of a replay made of a secondary. */
export interface Work {
  /** average requests in service, which is the part of its capacity in use as well */
  readonly running: number;
  readonly sessions: number;
  /** requests so far */
  readonly requests: number;
  /** sessions that began so far */
  readonly began: number;
}

/**
 * What a secondary tells of its work: as much as its load reader can read. Without a reader it is the time of its ping,
 * which work does not change here.
 */
export const tell = (load: Choice | undefined, at: Instant, work: Work): LoadReport => {
  if (load === undefined) return { at, answerMs: PING_MS };
  const { running, sessions, requests, began } = work;
  const { name, options } = load;
  const all = { running, sessions, done: requests, started: began };
  switch (name) {
    case 'apache':
    case 'nginx':
      return { at, running, answered: requests };
    case 'agent':
      return { at, weightShare: 1 };
    case 'orca':
      return { at, utilization: Math.min(1, running), ...(isNamed(options['metric']) && { running }) };
    case 'exec':
      return { at, running };
    case 'json':
    case 'prometheus': {
      const more = { answered: requests, utilization: Math.min(1, running) };
      const named = Object.entries({ ...all, ...more }).filter(
        ([field]) =>
          isNamed(options[field]) || (field === 'running' && SHORT.some((one) => isNamed(options[one]))),
      );
      const namesAny = [...FIELDS, ...SHORT].some((field) => isNamed(options[field]));
      return { at, ...(namesAny ? Object.fromEntries(named) : all) };
    }
    default:
      return { at };
  }
};

/** As on the same network; who is asked by pings alone is compared with himself. */
const PING_MS = 1;
/** Other names for `running`. */
const SHORT = ['pointer', 'metric'];

const isNamed = (place: unknown): boolean => place !== undefined;
