import type { NonEmpty } from '../model/non-empty.ts';
import type { Candidate } from '../model/policy.ts';
import { fingerprint, fractionOf, mixed } from './fingerprint.ts';

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
 * Walks the whole list for each key: some 25 µs among 10,000 that weigh the same or have few weights, 60 µs where weights
 * are of many kinds.
 */
export const rendezvous = (candidates: NonEmpty<Candidate>): Rendezvous => {
  const groups = [...Map.groupBy(candidates, ({ weight }) => weight)];
  const walk = groups.length * WALKED_TOGETHER <= candidates.length ? byWeight(groups) : oneByOne(candidates);
  return {
    meet: (key) => walk(lowOf(key), highOf(key)) ?? candidates[0],
    distance: ({ secondary, weight }, key) => {
      const print = fingerprint(secondary.id);
      return -Math.log(fractionOf(mixed(lowOf(print) ^ lowOf(key), highOf(print) ^ highOf(key)))) / weight;
    },
  };
};

/** So many must have a weight in common, on average, that it pays to compare them as such. */
const WALKED_TOGETHER = 4;

/** Finds the nearest to a key of that lower and upper half. */
type Walk = (low: number, high: number) => Candidate | undefined;

/** Of those who weigh the same the nearest is the one whose hash is the largest: all but one are compared as whole numbers. */
const byWeight = (groups: readonly (readonly [number, readonly Candidate[]])[]): Walk => {
  const all = groups.flatMap(([, group]) => group);
  const weights = Float64Array.from(groups, ([weight]) => weight);
  let length = 0;
  const ends = Uint32Array.from(groups, ([, group]) => (length += group.length));
  const { lows, highs } = printsOf(all);
  return (low, high) => {
    let shortest = Infinity;
    let found = 0;
    let at = 0;
    for (let group = 0; group < weights.length; group++) {
      const end = ends[group] as number;
      let most = -1;
      let its = at;
      for (; at < end; at++) {
        const drawn = mixed((lows[at] as number) ^ low, (highs[at] as number) ^ high);
        if (drawn <= most) continue;
        most = drawn;
        its = at;
      }
      const distance = -Math.log(fractionOf(most)) / (weights[group] as number);
      if (distance >= shortest) continue;
      shortest = distance;
      found = its;
    }
    return all[found];
  };
};

/** The logarithm is taken only where it may matter. */
const oneByOne = (candidates: readonly Candidate[]): Walk => {
  const weights = Float64Array.from(candidates, ({ weight }) => weight);
  const { lows, highs } = printsOf(candidates);
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
    return candidates[found];
  };
};

/** The halves of the fingerprints of their ids. */
const printsOf = (
  candidates: readonly Candidate[],
): { readonly lows: Int32Array; readonly highs: Int32Array } => {
  const prints = Float64Array.from(candidates, ({ secondary }) => fingerprint(secondary.id));
  return { lows: Int32Array.from(prints, lowOf), highs: Int32Array.from(prints, highOf) };
};

const lowOf = (print: number): number => print | 0;
const highOf = (print: number): number => (print / 0x1_0000_0000) | 0;
