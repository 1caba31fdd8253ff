/** The last few numbers of a series, one a second. */
export interface Series {
  /** oldest first, at most `length` of them */
  readonly last: (length: number) => readonly number[];
  /** sum of the last `length`; what is missing counts as 0 */
  readonly sum: (length: number) => number;
  /** mean of the last `length`, of fewer while there are fewer; 0 before the first */
  readonly mean: (length: number) => number;
}

/** A series in memory that is taken once. */
export interface Ring extends Series {
  readonly push: (value: number) => void;
}

/** Where a ring stands: the place of the next number, and how many there are. */
interface Stand {
  readonly next: number;
  readonly held: number;
}

/** A ring of `size` numbers; NaN stands for "nothing to say". */
export const createRing = (size: number): Ring => {
  const values = new Float32Array(size);
  let pushed = 0;
  const now = (): Series => ringOver(values, { next: pushed % size, held: Math.min(pushed, size) });
  return {
    push: (value) => {
      values[pushed % size] = value;
      pushed += 1;
    },
    last: (length) => now().last(length),
    sum: (length) => now().sum(length),
    mean: (length) => now().mean(length),
  };
};

/** What a ring holds now. */
export const ringOver = (values: Float32Array, { next, held }: Stand): Series => {
  const size = values.length;
  const back = (steps: number): number => values[(next + size - steps) % size] ?? Number.NaN;
  const sum = (length: number): number => {
    let total = 0;
    if (held === size && length >= size) {
      for (const value of values) total += value;
      return total;
    }
    for (let steps = Math.min(length, held); steps > 0; steps -= 1) total += back(steps);
    return total;
  };
  return {
    last: (length) => {
      const count = Math.min(length, held);
      return Array.from({ length: count }, (_, index) => back(count - index));
    },
    sum,
    mean: (length) => (held === 0 ? 0 : sum(length) / Math.min(length, held)),
  };
};
