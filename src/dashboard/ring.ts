/** The last few numbers of a series, one a second, in memory that is taken once. */
export interface Ring {
  readonly push: (value: number) => void;
  /** oldest first, at most `length` of them */
  readonly last: (length: number) => readonly number[];
  /** sum of the last `length`; what is missing counts as 0 */
  readonly sum: (length: number) => number;
  /** mean of the last `length`, of fewer while there are fewer; 0 before the first */
  readonly mean: (length: number) => number;
}

/** A ring of `size` numbers; NaN stands for "nothing to say". */
export const createRing = (size: number): Ring => {
  const values = new Float32Array(size);
  let pushed = 0;
  const back = (steps: number): number => values[(pushed - steps) % size] ?? Number.NaN;
  const held = (length: number): number => Math.min(length, pushed, size);
  const sum = (length: number): number => {
    let total = 0;
    for (let steps = held(length); steps > 0; steps -= 1) total += back(steps);
    return total;
  };
  return {
    push: (value) => {
      values[pushed % size] = value;
      pushed += 1;
    },
    last: (length) => Array.from({ length: held(length) }, (_, index) => back(held(length) - index)),
    sum,
    mean: (length) => (pushed === 0 ? 0 : sum(length) / held(length)),
  };
};
