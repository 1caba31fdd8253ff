import type { Instant } from '../../model/clock.ts';
import type { LoadReport } from '../../model/load-report.ts';
import type { Id, Origin } from '../../model/secondary.ts';
import type { BusyCounter } from './busy-counter.ts';
import { NO_MEAN, type Mean } from './mean.ts';
import type { Served } from './served.ts';
import type { Speed } from './speed.ts';

/** All that the slow loop remembers; handed in and out. Plain data. */
export interface Memory {
  readonly at: Instant;
  /** how often the source of the reports makes a snapshot; 0: only when a visitor comes */
  readonly everyMs: number;
  readonly rows: ReadonlyMap<Id, Remembered>;
  /** the sum of the ledger's slow counts in usual times */
  readonly usual: Mean;
}

/** What is remembered of one secondary that reported. Plain data. */
export interface Remembered {
  /** as configured */
  readonly weight: number;
  /** where it was reached */
  readonly origin: Origin | undefined;
  /** the last report, its instant never in the future */
  readonly report: LoadReport;
  /** the instant that the last report told, even if that was in the future */
  readonly toldAt: Instant;
  /** since when it reports without a long silence or a new start */
  readonly since: Instant;
  /** between its last two reports; 0: there was one */
  readonly sinceLastMs: number;
  /** reports after the first */
  readonly looks: number;
  readonly readAt: Instant;
  /** visitors in the ledger's slow and fast counts that the report holds, as of `readAt` */
  readonly slowBefore: number;
  readonly fastBefore: number;
  readonly speed: Speed;
  readonly busyCounter: BusyCounter;
  readonly served: Served;
  /** in usual times: the part of the time that it is busy, its requests in service, the time of its answers in ms */
  readonly busy: Mean;
  readonly running: Mean;
  readonly answerMs: Mean;
  /** sessions that begin there in a millisecond, in usual times */
  readonly began: Mean;
}

/** Nothing remembered yet. */
export const emptyMemory = (now: Instant): Memory => ({
  at: now,
  everyMs: 0,
  rows: new Map(),
  usual: NO_MEAN,
});
