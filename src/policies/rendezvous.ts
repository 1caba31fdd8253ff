import type { NonEmpty } from '../model/non-empty.ts';
import type { Candidate } from '../model/policy.ts';
import type { Id } from '../model/secondary.ts';
import { everyInSlices, inSlices, type Slices } from '../model/slices.ts';
import { fingerprint, fractionOf, mixed } from './fingerprint.ts';
import { keepFew } from './keep-few.ts';

/** A meeting place for every key. */
export interface Rendezvous {
  /** the candidate that takes the key; always the same among the same candidates */
  readonly meet: (key: number) => Candidate;
  /** how far the candidate is from the key; above 0; the nearest candidate is the one it meets */
  readonly distance: (candidate: Candidate, key: number) => number;
}

/**
 * Weighted rendezvous: each candidate is −ln(u)/w away from a key, u being a hash of both, and the nearest one takes
 * it (D. Thaler and C. Ravishankar, "A name-based mapping scheme for rendezvous", 1996; weights by the logarithmic method
 * of C. Schindelhauer and G. Schomaker, "Weighted distributed hash tables", 2005). Everybody gets
 * keys in proportion to his weight, and when one leaves or joins only the keys move that he had or gets.
 *
 * Walks the whole list for each key: some 20 µs among 10,000 that weigh the same or have few weights, 60 µs where weights
 * are of many kinds.
 */
export const createRendezvous = (): ((candidates: NonEmpty<Candidate>) => Slices<Rendezvous>) => {
  const pathFor = keepFew(pathOf, leadsThrough);
  return function* (candidates) {
    const { walk } = yield* pathFor(candidates);
    return {
      meet: (key) => candidates[walk(lowOf(key), highOf(key))] ?? candidates[0],
      distance: ({ secondary, weight }, key) => {
        const print = fingerprint(secondary.id);
        return -Math.log(fractionOf(mixed(lowOf(print) ^ lowOf(key), highOf(print) ^ highOf(key)))) / weight;
      },
    };
  };
};

/** So many must have a weight in common, on average, that it pays to compare them as such. */
const WALKED_TOGETHER = 4;

/** Finds the place of the nearest to a key of that lower and upper half. */
type Walk = (low: number, high: number) => number;

/** A walk, and whom it passes. */
interface Path {
  readonly ids: readonly Id[];
  readonly weights: Float64Array;
  readonly walk: Walk;
}

function* pathOf(candidates: readonly Candidate[]): Slices<Path> {
  const ids: Id[] = [];
  const weights = new Float64Array(candidates.length);
  const groups = new Map<number, number[]>();
  const most = candidates.length / WALKED_TOGETHER;
  yield* inSlices(candidates, ({ secondary, weight }, place) => {
    ids.push(secondary.id);
    weights[place] = weight;
    if (groups.size > most) return;
    const group = groups.get(weight);
    if (group === undefined) groups.set(weight, [place]);
    else group.push(place);
  });
  return {
    ids,
    weights,
    walk: groups.size <= most ? yield* byWeight(ids, [...groups]) : yield* oneByOne(ids, weights),
  };
}

function* leadsThrough({ ids, weights }: Path, candidates: readonly Candidate[]): Slices<boolean> {
  if (ids.length !== candidates.length) return false;
  return yield* everyInSlices(
    candidates,
    ({ secondary, weight }, place) => weight === weights[place] && secondary.id === ids[place],
  );
}

/**
 * Of those who weigh the same the nearest is the one whose hash is the largest: all but one are compared as whole numbers.
 * The loop is `mixed` with what is the same for all taken out of it, and the last step left out where it cannot matter:
 * that one leaves the upper half of the number as it is.
 */
function* byWeight(
  ids: readonly Id[],
  groups: readonly (readonly [number, readonly number[]])[],
): Slices<Walk> {
  const places = new Uint32Array(ids.length);
  const weights = Float64Array.from(groups, ([weight]) => weight);
  let length = 0;
  const ends = Uint32Array.from(groups, ([, group]) => {
    places.set(group, length);
    return (length += group.length);
  });
  const { lows, highs } = yield* printsOf(ids, (at) => places[at] as number);
  const folded = lows.map(fold);
  return (low, high) => {
    const key = fold(low);
    let shortest = Infinity;
    let found = 0;
    let at = 0;
    for (let group = 0; group < weights.length; group++) {
      const end = ends[group] as number;
      let most = -1;
      let upperHalf = 0;
      let its = at;
      for (; at < end; at++) {
        let bits = (Math.imul((folded[at] as number) ^ key, 0x85ebca6b) + ((highs[at] as number) ^ high)) | 0;
        bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
        if (bits >>> 16 < upperHalf) continue;
        const drawn = (bits ^ (bits >>> 16)) >>> 0;
        if (drawn <= most) continue;
        most = drawn;
        upperHalf = drawn >>> 16;
        its = at;
      }
      const distance = -Math.log(fractionOf(most)) / (weights[group] as number);
      if (distance >= shortest) continue;
      shortest = distance;
      found = its;
    }
    return places[found] as number;
  };
}

/** The first step of `mixed`; that of two numbers joined by exclusive or is theirs, joined alike. */
const fold = (bits: number): number => bits ^ (bits >>> 16);

/** The logarithm is taken only where it may matter. */
function* oneByOne(ids: readonly Id[], weights: Float64Array): Slices<Walk> {
  const { lows, highs } = yield* printsOf(ids, (at) => at);
  return (low, high) => {
    let shortest = Infinity;
    let found = 0;
    for (let place = 0; place < lows.length; place++) {
      const weight = weights[place] as number;
      const drawn = mixed((lows[place] as number) ^ low, (highs[place] as number) ^ high);
      // −ln u ≥ 1 − u: it cannot be nearer
      if (1 - fractionOf(drawn) >= shortest * weight) continue;
      const distance = -Math.log(fractionOf(drawn)) / weight;
      if (distance >= shortest) continue;
      shortest = distance;
      found = place;
    }
    return found;
  };
}

/** The halves of the fingerprints of the ids, each from its place. */
function* printsOf(
  ids: readonly Id[],
  placeOf: (at: number) => number,
): Slices<{ readonly lows: Int32Array; readonly highs: Int32Array }> {
  const lows = new Int32Array(ids.length);
  const highs = new Int32Array(ids.length);
  yield* inSlices(ids, (_, at) => {
    const print = fingerprint(ids[placeOf(at)] as Id);
    lows[at] = lowOf(print);
    highs[at] = highOf(print);
  });
  return { lows, highs };
}

const lowOf = (print: number): number => print | 0;
const highOf = (print: number): number => (print / 0x1_0000_0000) | 0;
