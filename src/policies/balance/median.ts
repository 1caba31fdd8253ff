/** A value and how much it counts. */
export interface Weighed {
  readonly value: number;
  readonly weight: number;
}

/**
 * The middle of the values, by weight; between two when they meet in the middle. One liar cannot move it far. NaN
 * values do not count; NaN when there is none.
 */
export const weightedMedian = (list: readonly Weighed[]): number => {
  const sorted = list
    .filter(({ value, weight }) => weight > 0 && !Number.isNaN(value))
    .sort((one, other) => one.value - other.value);
  let left = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  for (const [at, { value, weight }] of sorted.entries()) {
    left -= weight;
    if (left < 0) return value;
    const next = sorted[at + 1];
    if (left === 0 && next !== undefined) return (value + next.value) / 2;
  }
  return sorted.at(-1)?.value ?? NaN;
};
