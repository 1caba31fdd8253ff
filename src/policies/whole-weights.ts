/** The longest round of turns, for weights that share no small measure. */
const MOST_TURNS = 65_536;

/** How far from a whole number still counts as one. */
const SLACK = 1e-6;

/**
 * Turns weights into numbers of turns in one round: whole numbers from 1, in the proportion of the weights.
 *
 * Exact, with the shortest round, where one of at most 65,536 turns can be (3 : 1, 0.5 : 0.75, 100 : 101). Otherwise
 * rounded in a round of 64 turns a candidate (at least 1,024 and at most 65,536); nobody is rounded down to none.
 */
export const wholeWeights = (weights: readonly number[]): Uint32Array => {
  const lightest = weights.reduce((least, weight) => Math.min(least, weight), Infinity);
  const heaviest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  const lightests = weights.reduce((sum, weight) => sum + weight / lightest, 0);
  for (let measure = 1; measure * lightests <= MOST_TURNS; measure++) {
    const inMeasure = (weight: number) => (weight / lightest) * measure;
    if (weights.every((weight) => isWhole(inMeasure(weight)))) {
      return Uint32Array.from(weights, (weight) => Math.round(inMeasure(weight)));
    }
  }
  const round = Math.min(MOST_TURNS, Math.max(1_024, 64 * weights.length));
  const heaviests = weights.reduce((sum, weight) => sum + weight / heaviest, 0);
  return Uint32Array.from(weights, (weight) =>
    Math.max(1, Math.round((weight / heaviest / heaviests) * round)),
  );
};

const isWhole = (number: number): boolean => Math.abs(number - Math.round(number)) < SLACK;
