import { finish, type Slices } from '../../model/slices.ts';
import type { Candidate, Draw, FadingCounts, Policy } from '../../model/policy.ts';
import { createLeasts, type Leasts } from '../leasts.ts';
import {
  FAST_MS,
  FEW,
  LEAST_SHARE,
  LOAD_STEP,
  MOST_SHARE,
  MOST_SHARE_FLOOR,
  NOTHING,
  PATIENCE_MS,
  RENEWAL_MS,
  REST_MS,
  SLOW_MS,
} from './constants.ts';
import { fadedSum } from './fading.ts';
import { split } from './split.ts';
import { tableOf, type Table } from './table.ts';

/** The score of one that is due its least share. */
const STARVED = -Number.MAX_VALUE;

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
export const weigh: Policy = (candidates) => {
  const count = candidates.length;
  const slow = new Float64Array(count);
  const fast = new Float64Array(count);
  let table: Table | undefined;
  let parts: Parts | undefined;
  let front = emptyWalk(count);
  let back: Walked | undefined;
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
  const add = ({ scores, leasts }: Walked, place: number): void => {
    if (table === undefined || parts === undefined) return;
    const more = step(table) * (parts.over[place] ?? 0);
    scores[place] = (scores[place] ?? 0) + more;
    leasts.change(place, leasts.at(place) === STARVED ? (scores[place] ?? 0) : leasts.at(place) + more);
  };

  function* walk({ now, ledger }: Pick<Draw, 'now' | 'ledger'>): Slices {
    const mine = (walking += 1);
    gathered = 0;
    meanwhile = [];
    table ??= yield* tableOf(candidates);
    if (mine !== walking) return;
    const threads = ledger.fading;
    const { usual, load: usualLoad } = table.outlook;
    const load = Math.min(1, usualLoad * (usual > NOTHING ? fadedSum(threads, now) / usual : 1));
    const split = parts !== undefined && isNear(parts.load, load) ? parts : partsAt(table, load);
    const walked = (back ??= emptyWalk(count));

    let recent = 0;
    while (gathered < count) {
      const end = Math.min(count, gathered + ROWS_A_SLICE);
      recent += gather(table, threads, { now, from: gathered, end, slow, fast });
      gathered = end;
      yield;
      if (mine !== walking) return;
    }
    const least = (LEAST_SHARE * recent) / split.sum;
    const most = MOST_SHARE * recent;
    const mostOfPart = most / split.sum;
    for (let from = 0; from < count; from += ROWS_A_SLICE) {
      const end = Math.min(count, from + ROWS_A_SLICE);
      score(table, split, { now, least, most, mostOfPart, from, end, slow, fast, walked });
      yield;
      if (mine !== walking) return;
    }
    walked.leasts.renew();
    parts = split;
    back = front;
    front = walked;
    for (const place of meanwhile) add(walked, place);
    gathered = 0;
    madeAt = now;
  }

  return {
    pick: (draw) => {
      const restMs = isRenewed && count > FEW ? PATIENCE_MS : count * REST_MS;
      if (!(Math.abs(draw.now - madeAt) < restMs)) finish(walk(draw));
      scoredAt = NaN;
      const found = front.leasts.find(draw.dice);
      // Where few come, all may have more than their parts for a moment.
      const place = front.limited[found] === Infinity ? leastOf(front.scores) : found;
      add(front, place);
      if (place < gathered) meanwhile.push(place);
      return candidates[place] ?? candidates[0];
    },
    score: (candidate, draw) => {
      if (draw.now !== scoredAt) finish(walk(draw));
      scoredAt = draw.now;
      places ??= new Map(candidates.map((one, place) => [one, place]));
      return front.scores[places.get(candidate) ?? -1] ?? Infinity;
    },
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

const leastOf = (scores: Float64Array): number => {
  let least = 0;
  for (let place = 1; place < scores.length; place += 1) {
    if ((scores[place] as number) < (scores[least] as number)) least = place;
  }
  return least;
};

const emptyWalk = (count: number): Walked => {
  const limited = new Float64Array(count);
  return { scores: new Float64Array(count), limited, leasts: createLeasts(limited) };
};

const isNear = (one: number, other: number): boolean => Math.abs(other - one) <= LOAD_STEP * one;

const partsAt = ({ capacities, warmths }: Table, load: number): Parts => {
  const over = new Float64Array(capacities.length);
  split(capacities, load, over);
  let sum = 0;
  for (let place = 0; place < over.length; place += 1) {
    const own = (over[place] ?? 0) * (warmths[place] ?? 0);
    sum += own;
    over[place] = 1 / own;
  }
  return { load, over, sum };
};

/** Some rows of a walk. */
interface Rows {
  readonly now: number;
  readonly from: number;
  readonly end: number;
  /** visitors sent to each, over all threads, fading */
  readonly slow: Float64Array;
  readonly fast: Float64Array;
}

/** Reads what was sent to these. @returns how many, fading slowly */
const gather = (
  { slots }: Table,
  threads: readonly FadingCounts[],
  { now, from, end, slow, fast }: Rows,
): number => {
  slow.fill(0, from, end);
  fast.fill(0, from, end);
  for (const { head, slow: slower, fast: faster } of threads) {
    const ageMs = now - (head[0] ?? 0);
    const slowly = Math.exp(-ageMs / SLOW_MS);
    const quickly = Math.exp(-ageMs / FAST_MS);
    for (let place = from; place < end; place += 1) {
      const slot = slots[place] ?? 0;
      slow[place] = (slow[place] ?? 0) + (slower[slot] ?? 0) * slowly;
      fast[place] = (fast[place] ?? 0) + (faster[slot] ?? 0) * quickly;
    }
  }
  let sum = 0;
  for (let place = from; place < end; place += 1) sum += slow[place] ?? 0;
  return sum;
};

interface Limits {
  /** who has fewer visitors for each unit of his part is due one */
  readonly least: number;
  /** who has more visitors for each unit of his fair share gets none */
  readonly most: number;
  /** and who has more for each unit of his part */
  readonly mostOfPart: number;
}

const score = (
  { at, outlook, sessions, excess, perFast, fixed, fairShares }: Table,
  { over }: Parts,
  {
    now,
    least,
    most,
    mostOfPart,
    from,
    end,
    slow,
    fast,
    walked,
  }: Rows & Limits & { readonly walked: Walked },
): void => {
  const { perVisitor } = outlook;
  const { scores, limited } = walked;
  const slowly = Math.exp((at - now) / SLOW_MS);
  const quickly = Math.exp((at - now) / FAST_MS);
  for (let place = from; place < end; place += 1) {
    const inverse = over[place] ?? 0;
    const own = slow[place] ?? 0;
    const score =
      ((sessions[place] ?? 0) * slowly +
        (excess[place] ?? 0) * quickly +
        own * perVisitor +
        (fast[place] ?? 0) * perFast +
        (fixed[place] ?? 0)) *
      inverse;
    scores[place] = score;
    limited[place] =
      own - MOST_SHARE_FLOOR > Math.min(most * (fairShares[place] ?? 0), mostOfPart / inverse)
        ? Infinity
        : (own + 1) * inverse < least
          ? STARVED
          : score;
  }
};
