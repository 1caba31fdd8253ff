import type { Clock, Dice, Instant } from '../model/clock.ts';

/** Up to so many secondaries are asked together, so that their news has one age; more are spread over the interval. */
export const TOGETHER = 64;

/** By how much of the interval a question is early or late, so that many monitors do not ask in step. */
const JITTER = 0.025;

/** A secondary that is asked out of turn is left alone for so long first, and up to 100 ms longer. */
const SOON_MS = 250;
const SOON_SPREAD_MS = 100;

/** While nobody serves each is asked again after so long, however rarely it has its turn: as often as by default. */
const SEARCH_MS = 2000;

/** Questions out of turn are so far apart, however many secondaries fail at once: 100 a second beside all others. */
const GAP_MS = 10;

/** How a secondary is asked next: in its turn; to find anybody who serves; soon; or now, once more before it is judged. */
export type Urgency = 'in-turn' | 'search' | 'soon' | 'now';

/** When secondaries are asked. */
export interface Timetable {
  /** Where in the interval the secondary at a place of a list of so many has its turn. */
  readonly phaseMs: (index: number, count: number) => number;
  /**
   * The next time: the first turn in the common grid that is not too soon after the last; or out of turn, where that is
   * sooner.
   */
  readonly next: (row: {
    readonly phaseMs: number;
    readonly askedAt: Instant;
    readonly urgency: Urgency;
  }) => Instant;
}

export interface TimetableOptions {
  readonly clock: Clock;
  readonly dice: Dice;
  readonly everyMs: () => number;
}

/** A grid that begins now. */
export const createTimetable = ({ clock, dice, everyMs }: TimetableOptions): Timetable => {
  const startedAt = clock.now();
  // Who begins to pass does not queue behind a whole list that is searched.
  const last: Record<'search' | 'soon', Instant> = { search: -Infinity, soon: -Infinity };
  return {
    phaseMs: (index, count) => (count > TOGETHER ? (index / count) * everyMs() : 0),
    next: ({ phaseMs, askedAt, urgency }) => {
      const first = startedAt + phaseMs;
      const turns = Math.floor((askedAt - first) / everyMs() + 0.5) + 1;
      const turn = first + (turns + JITTER * (2 * dice() - 1)) * everyMs();
      if (urgency === 'in-turn') return turn;
      const queue = urgency === 'search' ? 'search' : 'soon';
      const waitMs =
        urgency === 'now' ? 0 : queue === 'search' ? SEARCH_MS : SOON_MS + SOON_SPREAD_MS * dice();
      const at = Math.max(clock.now() + waitMs, last[queue] + GAP_MS);
      if (at >= turn) return turn;
      last[queue] = at;
      return at;
    },
  };
};
