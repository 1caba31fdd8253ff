import type { Instant } from './clock.ts';
import type { Observation } from './outcome.ts';

/** What we conclude about a secondary; `unknown` until the first observation. */
export type Health = 'unknown' | 'up' | 'down';

/** What we believe of one secondary, folded from its observations. Plain data. */
export interface Verdict {
  readonly health: Health;
  /** when health last turned */
  readonly since: Instant;
  /** passes in a row, up to the last observation */
  readonly passes: number;
  /** failures in a row, up to the last observation */
  readonly fails: number;
  /** how often it turned down lately; fades with time */
  readonly flaps: number;
  /** since when it takes a growing share, after it came back or was added; absent: it takes its whole share */
  readonly warmingSince?: Instant;
  /** it is up and asks to be left: it keeps its visitors and wants no new ones */
  readonly leaving?: true;
  /** the last observation: why we believe what we believe */
  readonly evidence?: Observation;
}
