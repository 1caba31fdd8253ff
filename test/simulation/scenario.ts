import type { Row } from './farm.ts';
import type { Telling } from './rule.ts';
import type { Traffic } from './visitors.ts';

/** Something that happens to a secondary at an instant, in seconds. */
export interface Act {
  readonly at: number;
  readonly server: number;
  /** `fail`: from then on it answers at once, and every answer is an error */
  readonly what: 'die' | 'revive' | 'fail' | { readonly speed: number };
}

/** One situation that rules are compared in. Times in seconds. */
export interface Scenario {
  readonly title: string;
  readonly speeds: readonly number[];
  /** as configured; absent: the true speeds */
  readonly weights?: readonly number[];
  readonly traffic: Traffic;
  /** how often the file is made */
  readonly every: number;
  /** each row at a time of its own, instead of all together */
  readonly isStaggered?: boolean;
  /** the share of visitors that comes to each dispatcher */
  readonly dispatchers: readonly number[];
  /** nothing is measured before */
  readonly warmUp: number;
  readonly end: number;
  readonly acts?: readonly Act[];
  /** not there at the beginning; comes by a `revive` */
  readonly absent?: readonly number[];
  /** What a secondary says instead of the truth; `undefined`: nothing. `count` is how often it was asked before. */
  readonly tells?: (server: number, row: Row, count: number) => Row | undefined;
  /** what reports hold, for the rule of balance; absent: all */
  readonly telling?: Telling;
  /** from when on the file is not made any more */
  readonly fileEnds?: number;
  /** whoever gets an error asks on, as if it were none; absent: he leaves */
  readonly isStubborn?: boolean;
  /** secondaries count errors as answers */
  readonly countsErrors?: boolean;
  /** of each secondary; absent: 1 */
  readonly cores?: number;
  /** how long a secondary keeps a session after its last answer; absent: 30 */
  readonly sessionTimeout?: number;
  /** how long a visitor takes from the answer of the dispatcher to the secondary */
  readonly hop?: number;
  /** how long the file takes from the secondaries to a dispatcher */
  readonly fileDelay?: number;
}
