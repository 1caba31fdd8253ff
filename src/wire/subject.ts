import type { Origin } from '../model/secondary.ts';

/** Whom a check or a load reader asks. */
export interface Subject {
  readonly id: string;
  /** where the primary itself reaches it */
  readonly at: Origin;
  readonly timeoutMs: number;
}
