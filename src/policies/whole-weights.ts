import { inSlices, type Slices } from '../model/slices.ts';

/** The longest round of turns, for weights that share no small measure. */
const MOST_TURNS = 65_536;

/** How far from a whole number still counts as one. */
const SLACK = 1e-6;

/** A slice takes some fifty microseconds. */
const WEIGHTS_A_SLICE = 512;

/**
 * Turns weights into numbers of turns in one round: whole numbers from 1, in the proportion of the weights.
 *
 * Exact, with the shortest round, where one of at most 65,536 turns can be (3 : 1, 0.5 : 0.75, 100 : 101). Otherwise
 * rounded in a round of 64 turns a candidate (at least 1,024 and at most 65,536); nobody is rounded down to none.
 */
export function* wholeWeights(weights: ArrayLike<number>): Slices<Uint32Array> {
  let lightest = Infinity;
  let heaviest = 0;
  yield* inSlices(weights, (weight) => {
    lightest = Math.min(lightest, weight);
    heaviest = Math.max(heaviest, weight);
  });
  let lightests = 0;
  let heaviests = 0;
  yield* inSlices(weights, (weight) => {
    lightests += weight / lightest;
    heaviests += weight / heaviest;
  });
  const shares = new Uint32Array(weights.length);
  let looked = 0;
  for (let measure = 1; measure * lightests <= MOST_TURNS; measure++) {
    let place = 0;
    for (; place < weights.length; place++) {
      if ((looked += 1) % WEIGHTS_A_SLICE === 0) yield;
      const share = ((weights[place] as number) / lightest) * measure;
      if (!isWhole(share)) break;
      shares[place] = Math.round(share);
    }
    if (place === weights.length) return shares;
  }
  const round = Math.min(MOST_TURNS, Math.max(1_024, 64 * weights.length));
  yield* inSlices(weights, (weight, place) => {
    shares[place] = Math.max(1, Math.round((weight / heaviest / heaviests) * round));
  });
  return shares;
}

const isWhole = (number: number): boolean => Math.abs(number - Math.round(number)) < SLACK;
