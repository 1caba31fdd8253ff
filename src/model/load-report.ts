import type { Instant } from './clock.ts';

/**
 * How busy a secondary said it was. Every number is finite and not negative; what a secondary does not tell is absent,
 * never 0. The fields are what choosing on old news needs: counters (busySeconds, done, answered, started) tell how fast the
 * machine really is, running and sessions how much it holds.
 */
export interface LoadReport {
  /** when it was measured */
  readonly at: Instant;
  /** requests in service now; or whatever number the operator named as its load */
  readonly running?: number;
  /** visitors' sessions it holds now */
  readonly sessions?: number;
  /** seconds it spent serving since it started; a counter */
  readonly busySeconds?: number;
  /** requests it completed with success since it started; a counter */
  readonly done?: number;
  /** requests it answered since it started, errors among them; a counter, for those who cannot tell which were none */
  readonly answered?: number;
  /** sessions it began since it started; a counter */
  readonly started?: number;
  /** share of its capacity in use, 0 to 1 and above when overloaded */
  readonly utilization?: number;
  /** time it took to answer, in milliseconds: the signal where nothing better is given */
  readonly answerMs?: number;
  /** the share of its configured weight that it asks for now, 0 to 1 (an agent's `75%`) */
  readonly weightShare?: number;
  /** what it asks the primary to do with it (an agent's word) */
  readonly wish?: 'ready' | 'drain' | 'maintenance' | 'down';
}

/** Whether it says how many visitors are there; other figures say nothing of who is. */
export const countsVisitors = (load: LoadReport | undefined): boolean =>
  load?.running !== undefined || load?.sessions !== undefined;
