/** A value and how much it counts. */
export interface WeightedValue {
  readonly value: number;
  readonly weight: number;
}

/**
 * The middle of the values, by weight; between two when they meet in the middle. Among three or more no single value moves
 * it beyond the others, whatever its weight; of two, either does. NaN values do not count; NaN when there is none.
 */
export const weightedMedian = (list: readonly WeightedValue[]): number => {
  const [low, high] = middlesOf(list);
  return low === high ? low : (low + high) / 2;
};

/** The same, but the lower of two that meet in the middle: of two, the higher does not move it. */
export const lowerMedian = (list: readonly WeightedValue[]): number => middlesOf(list)[0];

/** Nobody weighs more than all others together. */
const middlesOf = (list: readonly WeightedValue[]): readonly [number, number] => {
  const sorted = list
    .filter(({ value, weight }) => weight > 0 && !Number.isNaN(value))
    .sort((one, other) => one.value - other.value);
  const [only = { value: NaN }, another] = sorted;
  if (another === undefined) return [only.value, only.value];
  const whole = sorted.reduce((sum, { weight }) => sum + weight, 0);
  const most = sorted.reduce((max, { weight }) => Math.max(max, weight), 0);
  const excess = Math.max(0, most - (whole - most));
  let left = (whole - excess) / 2;
  for (const [at, { value, weight }] of sorted.entries()) {
    left -= weight === most ? most - excess : weight;
    if (left < 0) return [value, value];
    if (left === 0) return [value, sorted[at + 1]?.value ?? value];
  }
  const last = sorted.at(-1)?.value ?? NaN;
  return [last, last];
};
