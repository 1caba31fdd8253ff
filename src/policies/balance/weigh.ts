import { ahead, finish, inSlices, zeros, type Slices } from '../../model/slices.ts';
import type { Dice } from '../../model/clock.ts';
import type { NonEmpty } from '../../model/non-empty.ts';
import type { Candidate, Draw, FadingCounts, Prepared } from '../../model/policy.ts';
import { createLeasts, type Leasts } from '../leasts.ts';
import {
  CATCH_UP,
  FAST_MS,
  FEW,
  LOAD_STEP,
  MOST_SHARE,
  MOST_SHARE_FLOOR,
  NOTHING,
  PATIENCE_MS,
  RENEWAL_MS,
  REST_MS,
  RETURNED,
  SLOW_MS,
} from './constants.ts';
import { blockOf, fadedSum, left } from './fading.ts';
import { split } from './split.ts';
import { tableOf, type Table } from './table.ts';

/** The score of one whose turn it is, whatever the others' scores. */
const DUE = -Number.MAX_VALUE;

/** A slice takes some twenty microseconds. */
const ROWS_A_SLICE = 1024;

/** The part of the pool that each should hold at some load. */
interface Parts {
  readonly load: number;
  /** 1 over each part */
  readonly over: Float64Array;
  readonly sum: number;
}

/** What a walk found, and what was sent since on top. */
interface Walked {
  readonly scores: Float64Array;
  /** the scores within the limits of a fair share */
  readonly leasts: Leasts;
  readonly limited: Float64Array;
  /** the scores without limits; put in order only where somebody asks for them */
  readonly unlimited: Leasts;
  isInOrder: boolean;
}

/** What walks write into. */
interface Room {
  /** visitors sent to each, over all threads, fading */
  readonly slow: Float64Array;
  readonly fast: Float64Array;
  /** what the last walk found, and room for the next */
  front: Walked;
  back: Walked;
}

/** Candidates that are weighed. */
export interface Weighed extends Required<Pick<Prepared, 'pick' | 'score' | 'renewal'>> {
  /** The score of the candidate in this place as of the last walk, and what this thread sent since on top. */
  readonly lastScore: (place: number) => number;
}

/**
 * Weighs what every candidate holds: sessions and run queue of its last report, faded by the report's age, and the
 * visitors sent since, over its part of the pool's capacity; the visitor goes where that is least, of equal ones to any.
 * Fresh reports make it the shortest expected delay, old ones taking turns by weight; there is no mode in between.
 *
 * Scores are worked out by a walk over flat arrays: rows fade by common factors. They are kept for some milliseconds, with
 * what this thread sent since on top; among more than a few, whoever keeps the policy ready walks between visits, and a
 * visit costs no walk at all.
 */
export const weigh = (candidates: NonEmpty<Candidate>): Weighed => {
  const count = candidates.length;
  const room = ahead(() => roomFor(count));
  let table: Table | undefined;
  let parts: Parts | undefined;
  let madeAt = NaN;
  let scoredAt = NaN;
  let isRenewed = false;
  /** a walk that is under way: which, the rows that it knows the counts of, and whom of these this thread chose since */
  let walking = 0;
  let gathered = 0;
  let meanwhile: number[] = [];
  let places: ReadonlyMap<Candidate, number> | undefined; // only `explain` and the dashboard ask for scores

  const step = (of: Table): number => of.outlook.perVisitor + of.perFast;

  /** What one more visitor adds. */
  const add = ({ scores, leasts, unlimited, isInOrder }: Walked, place: number): void => {
    if (table === undefined || parts === undefined) return;
    const more = step(table) * (parts.over[place] ?? 0);
    if (isInOrder) unlimited.change(place, unlimited.at(place) + more);
    else scores[place] = (scores[place] ?? 0) + more;
    if (leasts.at(place) !== DUE) leasts.change(place, leasts.at(place) + more);
    else leasts.change(place, table.warmths[place] === 1 ? (scores[place] ?? 0) : Infinity);
  };

  function* walk({ now, ledger }: Pick<Draw, 'now' | 'ledger'>): Slices {
    const mine = (walking += 1);
    gathered = 0;
    meanwhile = [];
    if (table === undefined) {
      table = yield* tableOf(candidates);
      yield* room.begin();
      if (mine !== walking) return;
    }
    const made = room.get();
    const { slow, fast, front, back } = made;
    const threads = ledger.fading;
    const { usual, load: usualLoad } = table.outlook;
    const load = Math.min(1, usualLoad * (usual > NOTHING ? fadedSum(threads, now) / usual : 1));
    const split = parts !== undefined && isNear(parts.load, load) ? parts : yield* partsAt(table, load);
    if (mine !== walking) return;

    let recent = 0;
    let latest = 0;
    while (gathered < count) {
      const end = Math.min(count, gathered + ROWS_A_SLICE);
      gather(table, threads, { now, from: gathered, end, slow, fast });
      for (; gathered < end; gathered += 1) {
        recent += slow[gathered] ?? 0;
        latest += fast[gathered] ?? 0;
      }
      yield;
      if (mine !== walking) return;
    }
    const limits = { recent, latest, sum: split.sum };
    for (let from = 0; from < count; from += ROWS_A_SLICE) {
      const end = Math.min(count, from + ROWS_A_SLICE);
      score(table, split, { now, limits, from, end, slow, fast, walked: back });
      yield;
      if (mine !== walking) return;
    }
    back.leasts.renew();
    back.isInOrder = false;
    parts = split;
    made.front = back;
    made.back = front;
    for (const place of meanwhile) add(back, place);
    gathered = 0;
    madeAt = now;
  }

  return {
    pick: (draw) => {
      const restMs = isRenewed && count > FEW ? PATIENCE_MS : count * REST_MS;
      if (!(Math.abs(draw.now - madeAt) < restMs)) finish(walk(draw));
      scoredAt = NaN;
      const { front } = room.get();
      const found = front.leasts.find(draw.dice);
      // Where few come, all may have more than their parts for a moment.
      const place = front.limited[found] === Infinity ? leastOfAll(front, draw.dice) : found;
      add(front, place);
      if (place < gathered) meanwhile.push(place);
      return candidates[place] ?? candidates[0];
    },
    score: (candidate, draw) => {
      if (draw.now !== scoredAt) finish(walk(draw));
      scoredAt = draw.now;
      places ??= new Map(candidates.map((one, place) => [one, place]));
      return room.get().front.scores[places.get(candidate) ?? -1] ?? Infinity;
    },
    lastScore: (place) => room.get().front.scores[place] ?? Infinity,
    renewal: {
      everyMs: count > FEW ? Math.max(RENEWAL_MS, count * REST_MS) : Infinity,
      *begin(when) {
        // A few are weighed at every visit.
        if (count <= FEW) table ??= yield* tableOf(candidates);
        else yield* walk(when);
        isRenewed = true;
      },
    },
  };
};

function* roomFor(count: number): Slices<Room> {
  const slow = yield* zeros(count);
  const fast = yield* zeros(count);
  return { slow, fast, front: yield* emptyWalk(count), back: yield* emptyWalk(count) };
}

function* emptyWalk(count: number): Slices<Walked> {
  const scores = yield* zeros(count);
  const unlimited = createLeasts(scores);
  const limited = yield* zeros(count);
  const leasts = createLeasts(limited);
  return { scores, limited, leasts, unlimited, isInOrder: false };
}

const leastOfAll = (walked: Walked, dice: Dice): number => {
  if (!walked.isInOrder) walked.unlimited.renew();
  walked.isInOrder = true;
  return walked.unlimited.find(dice);
};

const isNear = (one: number, other: number): boolean => Math.abs(other - one) <= LOAD_STEP * one;

function* partsAt({ capacities, warmths }: Table, load: number): Slices<Parts> {
  const over = yield* zeros(capacities.length);
  yield* split(capacities, load, over);
  let sum = 0;
  yield* inSlices(over, (part, place) => {
    const own = part * (warmths[place] ?? 0);
    sum += own;
    over[place] = 1 / own;
  });
  return { load, over, sum };
}

/** Some rows of a walk. */
interface Rows {
  readonly now: number;
  readonly from: number;
  readonly end: number;
  /** visitors sent to each, over all threads, fading */
  readonly slow: Float64Array;
  readonly fast: Float64Array;
}

/** Reads what was sent to these. */
const gather = (
  { slots }: Table,
  threads: readonly FadingCounts[],
  { now, from, end, slow, fast }: Rows,
): void => {
  slow.fill(0, from, end);
  fast.fill(0, from, end);
  for (const { at, slow: slower, fast: faster } of threads) {
    // Slots of a block fade together, and neighbours in the list are nearly always of the same one.
    let block = -1;
    let slowly = 1;
    let quickly = 1;
    for (let place = from; place < end; place += 1) {
      const slot = slots[place] ?? 0;
      if (blockOf(slot) !== block) {
        block = blockOf(slot);
        const ageMs = now - (at[block] ?? 0);
        slowly = left(ageMs, SLOW_MS);
        quickly = left(ageMs, FAST_MS);
      }
      slow[place] = (slow[place] ?? 0) + (slower[slot] ?? 0) * slowly;
      fast[place] = (fast[place] ?? 0) + (faster[slot] ?? 0) * quickly;
    }
  }
};

/** What the limits of a share go by. */
interface Limits {
  /** visitors sent to all, fading slowly and fast */
  readonly recent: number;
  readonly latest: number;
  /** of all parts */
  readonly sum: number;
}

const score = (
  { at, outlook, sessions, excess, perFast, fixed, fairShares, leastShares, warmths }: Table,
  { over }: Parts,
  {
    now,
    limits: { recent, latest, sum },
    from,
    end,
    slow,
    fast,
    walked,
  }: Rows & { readonly limits: Limits; readonly walked: Walked },
): void => {
  const { perVisitor } = outlook;
  const { scores, limited } = walked;
  const slowly = Math.exp((at - now) / SLOW_MS);
  const quickly = Math.exp((at - now) / FAST_MS);
  const most = MOST_SHARE * recent;
  for (let place = from; place < end; place += 1) {
    const inverse = over[place] ?? 0;
    const share = 1 / (inverse * sum);
    const own = slow[place] ?? 0;
    const lately = fast[place] ?? 0;
    const leastWanted = (leastShares[place] ?? 0) * recent;
    const score =
      ((sessions[place] ?? 0) * slowly +
        (excess[place] ?? 0) * quickly +
        own * perVisitor +
        lately * perFast +
        (fixed[place] ?? 0)) *
      inverse;
    scores[place] = score;
    limited[place] =
      warmths[place] !== 1
        ? isDue(lately, share * latest)
          ? DUE
          : Infinity
        : own - MOST_SHARE_FLOOR > most * Math.min(fairShares[place] ?? 0, share) ||
            (own < RETURNED * share * recent && lately - MOST_SHARE_FLOOR > CATCH_UP * share * latest)
          ? Infinity
          : leastWanted >= 1 && isDue(own, leastWanted)
            ? DUE
            : score;
  }
};

/**
 * Whether it is somebody's turn whose fading count shall be so much on average. Who is sent a visitor each time that his
 * count falls to x has one between x and x + 1, on average 1 / ln((x + 1) / x).
 */
const isDue = (count: number, wanted: number): boolean =>
  count < wanted && (count === 0 || count * Math.expm1(1 / wanted) < 1);
