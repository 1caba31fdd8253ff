import type { Observation } from '../model/outcome.ts';
import type { Id } from '../model/secondary.ts';
import { failureWords } from './words.ts';
import type { WallTime } from './wall-time.ts';

/** A check that failed, with its evidence. Plain data. */
export interface FailedCheck {
  /** ISO 8601; `null` when it cannot be dated */
  readonly at: string | null;
  /** the check's name, e.g. `http` */
  readonly check: string;
  /** for people */
  readonly words: string;
  /** as the network or the secondary gave it: hostile text */
  readonly detail: string;
  readonly tookMs: number;
}

/** The last checks of each secondary that failed. */
export interface Failures {
  /** Takes a check that is new. */
  readonly note: (seen: Observation) => void;
  /** Forgets all secondaries but these. */
  readonly keep: (ids: ReadonlySet<Id>) => void;
  /** the newest first */
  readonly of: (id: Id) => readonly FailedCheck[];
}

/** How many are kept of one secondary, and of all together. */
const MOST_OF_ONE = 20;
const MOST = 10_000;
const LONGEST_DETAIL = 300;

/** Remembers why checks failed, in bounded memory: the more secondaries, the fewer of each. */
export const createFailures = (wallTime: WallTime): Failures => {
  const known = new Map<Id, readonly FailedCheck[]>();
  let most = MOST_OF_ONE;
  return {
    note: ({ secondary, check, at, outcome }) => {
      if (outcome.ok) return;
      const { failure, detail, tookMs } = outcome;
      const failed = {
        at: wallTime.iso(at),
        check,
        words: failureWords(failure),
        detail: detail.slice(0, LONGEST_DETAIL),
        tookMs: Math.round(tookMs * 10) / 10,
      };
      known.set(secondary, [failed, ...(known.get(secondary) ?? [])].slice(0, most));
    },
    keep: (ids) => {
      most = Math.max(1, Math.min(MOST_OF_ONE, Math.floor(MOST / Math.max(1, ids.size))));
      for (const [id, list] of known) {
        if (!ids.has(id)) known.delete(id);
        else if (list.length > most) known.set(id, list.slice(0, most));
      }
    },
    of: (id) => known.get(id) ?? [],
  };
};
