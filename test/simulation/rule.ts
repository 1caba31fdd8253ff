import type { Dice } from '../../src/model/clock.ts';
import type { Farm, Row } from './farm.ts';

/** What a secondary's reports hold: all, or what Apache's and nginx's own status pages tell, or how long a ping took. */
export type Telling = 'all' | 'as Apache' | 'as nginx' | 'pings';

/** Where a dispatcher stands: what it may know before the first visitor. Seconds. */
export interface Place {
  readonly count: number;
  /** as configured, right or wrong */
  readonly weights: readonly number[];
  /** how many dispatchers there are; a rule that works it out by itself does not look */
  readonly dispatchers: number;
  /** how often the file is made */
  readonly every: number;
  /** what reports hold, unless the rule says it */
  readonly telling: Telling;
  readonly dice: Dice;
  /** 1: may be sent visitors, by what this dispatcher knows */
  readonly usable: Uint8Array;
  /** when each was taken (back) into the pool; -Infinity: it was there from the start */
  readonly since: Float64Array;
  /** visitors a second that come to all dispatchers, on average: for rules that are told */
  readonly rate: number;
  /** the truth, for live rules only */
  readonly farm: Farm;
}

/** One dispatcher under way. */
export interface Dispatcher {
  /** Chooses for a visitor who comes now. */
  readonly choose: (now: number) => number;
  /** A valid row was read, from the file or by a probe. */
  readonly learn?: (server: number, row: Row, now: number) => void;
  /** The whole file was read: `learn` has been called for each row. */
  readonly refreshed?: (now: number) => void;
  /** Which row to refresh after this visitor was answered; called as often as the rule has probes. */
  readonly aim?: (now: number) => number;
}

/** A way to choose, as it stands in the tables. */
export interface Rule {
  readonly title: string;
  /** rows refreshed after each answer */
  readonly probes?: number;
  /** seconds until a probe is sent after that, and until what it brought is known after it came; absent: at once */
  readonly probeWaits?: { readonly toAsk: number; readonly toTell: number };
  readonly start: (place: Place) => Dispatcher;
}
