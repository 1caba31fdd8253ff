import type { Times } from './exposition.ts';
import type { Id } from '../model/secondary.ts';

/** What visitors' browsers told. */
export interface Receipts {
  readonly taken: number;
  /** forged, told twice, or too late */
  readonly refused: number;
  /** of which is known how near the secondaries are */
  readonly networks: number;
}

/** Visitors of one secondary. Plain data. */
export interface Sent {
  /** back to it by their cookie */
  readonly kept: number;
  /** by a new choice */
  readonly chosen: number;
  /** cookies given that name it */
  readonly given: number;
  /** of them, those that were replaced by others */
  readonly replaced: number;
}

/** Visitors of one secondary by the words that say why they were sent there. Plain data. */
export interface SentFor {
  readonly kind: 'chosen' | 'kept';
  /** as `reason=` in the access log: `affinity`, a policy's name, … */
  readonly reason: string;
  readonly visitors: number;
}

/** What became of the visits since the start, summed over the threads. Plain data; numbers only grow, but of what is open. */
export interface Counts {
  /** visitors sent to each secondary: a Map of them, or what answers like one */
  readonly bySecondary: Pick<ReadonlyMap<Id, Sent>, 'get'>;
  /** visits that nobody could take */
  readonly none: number;
  /** requests that were answered with an error of ours, by status */
  readonly refused: Readonly<Record<number, number>>;
  /** connections closed unheard because there were too many */
  readonly dropped: number;
  /** connections that are open, and how many may be; absent: nobody counts them */
  readonly connections?: { readonly open: number; readonly most: number };
  /** receipts of visitors' browsers; absent: nobody asks for them */
  readonly receipts?: Receipts;
  /** visits that were carried, turned away for want of room, and their bytes both ways; absent: nobody is carried */
  readonly relay?: { readonly carried: number; readonly full: number; readonly bytes: number };
  /** how long decisions took, of one visit in 128; absent: nobody measures */
  readonly decided?: Times;
}
