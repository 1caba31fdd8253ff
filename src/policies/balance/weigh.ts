import type { Instant } from '../../model/clock.ts';
import type { Candidate, Draw, FadingCounts, Policy } from '../../model/policy.ts';
import { createLeasts } from '../leasts.ts';
import {
  FAST_MS,
  LEAST_SHARE,
  LOAD_STEP,
  MOST_SHARE,
  MOST_SHARE_FLOOR,
  NOTHING,
  REST_MS,
  SLOW_MS,
} from './constants.ts';
import { fadedSum } from './fading.ts';
import { split } from './split.ts';
import { tableOf } from './table.ts';

/** The score of one that is due its least share. */
const STARVED = -Number.MAX_VALUE;

/**
 * Weighs what every candidate holds: sessions and run queue of its last report, faded by the report's age, and the
 * visitors sent since, over its part of the pool's capacity; the visitor goes where that is least, of equal ones to any.
 * Fresh reports make it the shortest expected delay, old ones taking turns by weight; there is no mode in between.
 *
 * Scores are worked out by a walk over flat arrays that allocates nothing: rows fade by common factors. Among many
 * candidates they are kept for some milliseconds, with what this thread sent since on top; a visit then costs no walk.
 */
export const weigh: Policy = (candidates) => {
  const table = tableOf(candidates);
  const { outlook, slots, sessions, excess, perFast, fixed } = table;
  const { perVisitor } = outlook;
  const count = candidates.length;
  /** over the part of the pool that each should hold */
  const over = new Float64Array(count);
  const slow = new Float64Array(count);
  const fast = new Float64Array(count);
  const scores = new Float64Array(count);
  const limited = new Float64Array(count);
  const leasts = createLeasts(limited);
  let partedFor = NaN;
  let parts = 1;
  let madeAt = NaN;
  let scoredAt = NaN;
  let places: ReadonlyMap<Candidate, number> | undefined; // only `explain` and the dashboard ask for scores

  const part = (load: number): void => {
    if (Math.abs(load - partedFor) <= LOAD_STEP * partedFor) return;
    partedFor = load;
    split(table.capacities, load, over);
    parts = 0;
    for (let place = 0; place < count; place += 1) {
      const own = (over[place] ?? 0) * (table.warmths[place] ?? 0);
      parts += own;
      over[place] = 1 / own;
    }
  };

  const gather = ({ head, slow: slower, fast: faster }: FadingCounts, now: Instant): void => {
    const ageMs = now - (head[0] ?? 0);
    const slowly = Math.exp(-ageMs / SLOW_MS);
    const quickly = Math.exp(-ageMs / FAST_MS);
    for (let place = 0; place < count; place += 1) {
      const slot = slots[place] ?? 0;
      slow[place] = (slow[place] ?? 0) + (slower[slot] ?? 0) * slowly;
      fast[place] = (fast[place] ?? 0) + (faster[slot] ?? 0) * quickly;
    }
  };

  const make = ({ now, ledger }: Draw): void => {
    madeAt = now;
    const threads = ledger.fading;
    part(Math.min(1, outlook.load * (outlook.usual > NOTHING ? fadedSum(threads, now) / outlook.usual : 1)));
    slow.fill(0);
    fast.fill(0);
    for (const counts of threads) gather(counts, now);
    let recent = 0;
    for (const own of slow) recent += own;

    const slowly = Math.exp((table.at - now) / SLOW_MS);
    const quickly = Math.exp((table.at - now) / FAST_MS);
    const due = recent / parts;
    for (let place = 0; place < count; place += 1) {
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
        (own - MOST_SHARE_FLOOR) * inverse > MOST_SHARE * due
          ? Infinity
          : (own + 1) * inverse < LEAST_SHARE * due
            ? STARVED
            : score;
    }
    leasts.renew();
  };

  /** What one more visitor adds. */
  const add = (place: number): void => {
    const step = (perVisitor + perFast) * (over[place] ?? 0);
    scores[place] = (scores[place] ?? 0) + step;
    leasts.change(place, leasts.at(place) === STARVED ? (scores[place] ?? 0) : leasts.at(place) + step);
  };

  return {
    pick: (draw) => {
      if (!(Math.abs(draw.now - madeAt) < count * REST_MS)) make(draw);
      scoredAt = NaN;
      const place = leasts.find(draw.dice);
      add(place);
      return candidates[place] ?? candidates[0];
    },
    score: (candidate, draw) => {
      if (draw.now !== scoredAt) make(draw);
      scoredAt = draw.now;
      places ??= new Map(candidates.map((one, place) => [one, place]));
      return scores[places.get(candidate) ?? -1] ?? Infinity;
    },
  };
};
