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
 * Walks the whole list for each key: some 40 µs among 10,000. The logarithm is taken only where it may matter.
 */
export const rendezvous = (candidates: NonEmpty<Candidate>): Rendezvous => {
  const lows = new Int32Array(candidates.length);
  const highs = new Int32Array(candidates.length);
  const weights = Float64Array.from(candidates, ({ weight }) => weight);
  candidates.forEach(({ secondary }, place) => {
    const print = fingerprint(secondary.id);
    lows[place] = lowOf(print);
    highs[place] = highOf(print);
  });

  return {
    meet: (key) => {
      const low = lowOf(key);
      const high = highOf(key);
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
      return candidates[found] ?? candidates[0];
    },
    distance: ({ secondary, weight }, key) => {
      const print = fingerprint(secondary.id);
      return -Math.log(fractionOf(mixed(lowOf(print) ^ lowOf(key), highOf(print) ^ highOf(key)))) / weight;
    },
  };
};

const lowOf = (print: number): number => print | 0;
const highOf = (print: number): number => (print / 0x1_0000_0000) | 0;
