import type { NonEmpty } from '../model/non-empty.ts';
import type { Candidate, Draw, NearnessView, Policy, Prepared } from '../model/policy.ts';
import { ahead, inSlices } from '../model/slices.ts';
import { defineUnit } from '../unit.ts';
import { weigh, type Weighed } from './balance/weigh.ts';
import { burdensOf } from './burden.ts';
import { byDistance, expectedMs } from './nearest/by-distance.ts';
import { fullness } from './nearest/fullness.ts';

/** Those who take hardly longer than the nearest are as near as that: so much longer, … */
const AS_NEAR = 1.2;
/** … or by so many milliseconds; a visitor does not notice them, and measurements differ by as much. */
const AS_NEAR_MS = 5;
/** So many browsers of an unknown network are asked one after the other; whoever never answers is asked seldom. */
const AT_ONCE = 3;
/** The two nearest that lie no farther apart than this factor may stand in the wrong order, … */
const UNSURE = 4;
/** … as long as neither was measured so often: a machine at work may have been late once. */
const SURE = 3;
/** Of those that are near by distance, so many are compared. */
const COMPARED = 16;

/**
 * Sends a visitor to the secondary that answers his network fastest, by what browsers of that network measured. Of those
 * that are about as near, to the less burdened. One that is full is not near. Whoever comes from a network that knows
 * nothing goes by distance, where a file tells where he is, and else is balanced.
 */
export const nearest = defineUnit({
  summary:
    'Takes the one that answers the visitor’s network fastest, as browsers of that network measured it.',
  options: (zod) => ({
    learn: zod
      .number()
      .min(0)
      .max(1)
      .default(0.03)
      .describe(
        'The part of new visitors whose browser is asked by a small page which secondary is near, so that learning goes on; a network that is not known yet is asked when it comes for the second time. 0: nobody is asked.',
      ),
  }),
  make:
    ({ learn }): Policy =>
    (candidates) =>
      prepare(candidates, { learn, balanced: weigh(candidates) }),
});

const prepare = (
  candidates: NonEmpty<Candidate>,
  { learn, balanced }: { readonly learn: number; readonly balanced: Weighed },
): Prepared => {
  const burdens = burdensOf(candidates);
  const full = fullness(candidates, balanced);
  const around = byDistance(candidates);
  const bySlot = ahead(function* () {
    const places: number[] = [];
    yield* inSlices(candidates, ({ slot }, place) => (places[slot] = place));
    return places;
  });
  /** Of the candidate that a network knows in this place; `undefined`: it is none. */
  const placeOf = (near: NearnessView, row: number, at: number): number | undefined =>
    bySlot.get()[near.slotAt(row, at)];
  /** A network is known once it knows two, so that there is somebody to compare with. */
  const enough = Math.min(2, candidates.length);

  /** How long the nearest takes, of those who are not full. */
  const shortest = (
    near: NearnessView,
    row: number,
    draw: Draw,
  ): { readonly ms: number; readonly known: number } => {
    let ms = Infinity;
    let known = 0;
    for (let at = 0; at < near.places; at += 1) {
      const place = placeOf(near, row, at);
      if (place === undefined) continue;
      known += 1;
      if (near.msAt(row, at) < ms && !full.is(place, draw)) ms = near.msAt(row, at);
    }
    return { ms, known };
  };

  /** For whom too little is measured: the less burdened of those at no great distance, if somebody knows where he is. */
  const pickByDistance = (draw: Draw, row: number): Candidate => {
    const { near, visit, ledger, dice, now, whereabouts } = draw;
    const from = whereabouts?.(visit.visitor());
    if (from === undefined) return balanced.pick(draw);
    const means = { now, isFull: (place: number) => full.is(place, draw), boundOf };
    const { near: some, boundMs } = around.of(from, means);
    const first = some.length > COMPARED ? Math.floor(dice() * some.length) : 0;
    let best = -1;
    let least = Infinity;
    let ties = 0;
    for (let nth = 0; nth < some.length && nth < COMPARED; nth += 1) {
      const place = some[(first + nth) % some.length] ?? -1;
      const measured = near === undefined ? undefined : measuredMs(near, row, candidates[place]?.slot);
      // what was measured overrules what distance promises
      if (full.is(place, draw) || (measured !== undefined && measured > boundMs)) continue;
      const burden = burdens.of(place, ledger);
      ties = burden === least ? ties + 1 : 1;
      if (burden < least || (burden === least && dice() * ties < 1)) {
        least = burden;
        best = place;
      }
    }
    return candidates[best] ?? balanced.pick(draw);
  };

  const pick = (draw: Draw): Candidate => {
    const { near, visit, ledger, dice } = draw;
    const address = visit.visitor();
    const row = near === undefined ? -1 : near.find(address);
    if (near === undefined || row === -1) return pickByDistance(draw, row);
    const { ms, known } = shortest(near, row, draw);
    if (known < enough || ms === Infinity) return pickByDistance(draw, row);
    const bound = boundOf(ms);
    let best = -1;
    let least = Infinity;
    let ties = 0;
    let count = 0;
    for (let at = 0; at < near.places; at += 1) {
      const place = placeOf(near, row, at);
      if (place === undefined || near.msAt(row, at) > bound || full.is(place, draw)) continue;
      count += 1;
      const burden = burdens.of(place, ledger);
      ties = burden === least ? ties + 1 : 1;
      if (burden < least || (burden === least && dice() * ties < 1)) {
        least = burden;
        best = place;
      }
    }
    if (count === candidates.length) return balanced.pick(draw);
    return candidates[best] ?? balanced.pick(draw);
  };

  /** Whether a network knows too little to tell who is nearest to it. */
  const isUnsure = (near: NearnessView, row: number): boolean => {
    let known = 0;
    let nearest = -1;
    let next = -1;
    const msAt = (at: number): number => (at === -1 ? Infinity : near.msAt(row, at));
    for (let at = 0; at < near.places; at += 1) {
      if (placeOf(near, row, at) === undefined) continue;
      known += 1;
      if (msAt(at) < msAt(nearest)) {
        next = nearest;
        nearest = at;
      } else if (msAt(at) < msAt(next)) next = at;
    }
    if (known < enough) return true;
    if (msAt(next) > msAt(nearest) * UNSURE) return false;
    return near.countAt(row, nearest) < SURE && near.countAt(row, next) < SURE;
  };

  const isCurious = ({ near, visit, dice }: Draw): boolean => {
    if (near === undefined || learn === 0 || candidates.length === 1) return false;
    const address = visit.visitor();
    const row = near.find(address);
    if (row === -1) {
      near.note(address);
      return false;
    }
    return (near.unanswered(row) < AT_ONCE && isUnsure(near, row)) || dice() < learn;
  };

  return {
    pick,
    renewal: {
      everyMs: balanced.renewal.everyMs,
      *begin(when) {
        for (const { begin } of [bySlot, burdens, around]) yield* begin();
        yield* balanced.renewal.begin(when);
        yield* full.begin(when);
      },
    },
    isCurious,
    score: (candidate, draw) => {
      const { near, visit, whereabouts } = draw;
      const address = visit.visitor();
      const row = near === undefined ? -1 : near.find(address);
      let known = 0;
      let least = Infinity;
      for (let at = 0; near !== undefined && row !== -1 && at < near.places; at += 1) {
        if (near.slotAt(row, at) === candidate.slot) return near.msAt(row, at);
        if (placeOf(near, row, at) === undefined) continue;
        known += 1;
        least = Math.min(least, near.msAt(row, at));
      }
      const { place } = candidate.secondary;
      const from = known < enough && place !== undefined ? whereabouts?.(address) : undefined;
      if (place !== undefined && from !== undefined) return expectedMs(from, place);
      // not known yet: it may be as near as the nearest, so that it comes to be asked
      return least === Infinity ? balanced.score(candidate, draw) : least;
    },
  };
};

/** Whoever takes no longer than this is as near as one that takes so long. */
const boundOf = (ms: number): number => Math.max(ms * AS_NEAR, ms + AS_NEAR_MS);

/** What a network measured of the secondary in a slot; `undefined`: nothing. */
const measuredMs = (near: NearnessView, row: number, slot: number | undefined): number | undefined => {
  for (let at = 0; row !== -1 && at < near.places; at += 1) {
    if (near.slotAt(row, at) === slot) return near.msAt(row, at);
  }
  return undefined;
};
