import type { PoolSnapshot } from '../model/pool.ts';
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
  /** Takes the failures that are new in this snapshot; forgets secondaries that left. */
  readonly note: (pool: PoolSnapshot, ids: readonly Id[]) => void;
  /** the newest first */
  readonly of: (id: Id) => readonly FailedCheck[];
}

/** How many are kept of one secondary, and of all together. */
const MOST_OF_ONE = 20;
const MOST = 10_000;
const LONGEST_DETAIL = 300;

/** Remembers why checks failed, in bounded memory: the more secondaries, the fewer of each. */
export const createFailures = (wallTime: WallTime): Failures => {
  let known = new Map<Id, { readonly seenAt: number; readonly list: readonly FailedCheck[] }>();
  return {
    note: (pool, ids) => {
      const most = Math.max(1, Math.min(MOST_OF_ONE, Math.floor(MOST / Math.max(1, ids.length))));
      const kept: typeof known = new Map();
      for (const id of ids) {
        const before = known.get(id);
        const evidence = pool.standings.get(id)?.verdict.evidence;
        if (evidence === undefined || evidence.outcome.ok || evidence.at === before?.seenAt) {
          if (before !== undefined) kept.set(id, before);
          continue;
        }
        const { failure, detail, tookMs } = evidence.outcome;
        const failed = {
          at: wallTime.iso(evidence.at),
          check: evidence.check,
          words: failureWords(failure),
          detail: detail.slice(0, LONGEST_DETAIL),
          tookMs: Math.round(tookMs * 10) / 10,
        };
        kept.set(id, { seenAt: evidence.at, list: [failed, ...(before?.list ?? [])].slice(0, most) });
      }
      known = kept;
    },
    of: (id) => known.get(id)?.list ?? [],
  };
};
