import type { Instant } from './clock.ts';
import type { LoadReport } from './load-report.ts';
import type { Belief } from './policy.ts';
import type { Id } from './secondary.ts';
import type { Verdict } from './verdict.ts';

/** How one secondary stands: what we believe of it and what it last said of its load. */
export interface Standing {
  readonly id: Id;
  readonly verdict: Verdict;
  readonly load?: LoadReport;
  /** why its load could not be read the last time, in words; `load` is then an older one. Never downs a secondary. */
  readonly loadFailure?: string;
}

/** Where a snapshot's knowledge comes from. */
export type Source =
  | 'none' // nobody asks: every secondary counts as up
  | 'live' // asked for a visitor
  | 'cached' // read from the two files
  | 'own' // the primary asks for itself, because the files are stale
  | 'memory'; // a monitor in this process

/** What is known of the whole pool at one instant. Plain data: goes through a file or `postMessage` unchanged. */
export interface PoolSnapshot {
  /** grows with every snapshot of one source */
  readonly seq: number;
  /** when it was made or, if it was read, when it was first seen here */
  readonly at: Instant;
  readonly source: Source;
  /** how often its source makes one; absent: only when a visitor comes, or never */
  readonly everyMs?: number;
  readonly standings: ReadonlyMap<Id, Standing>;
  /** what is made of all reports so far, of each that ever reported; absent: nobody learns from them */
  readonly beliefs?: ReadonlyMap<Id, Belief>;
}

/** News that is older than so many intervals of whoever brings it is stale. */
export const STALE_AFTER_INTERVALS = 3;

/** The snapshot of a source that has told nothing yet. */
export const nothingKnown = (source: Source): PoolSnapshot => ({
  seq: 0,
  at: 0,
  source,
  standings: new Map(),
});
