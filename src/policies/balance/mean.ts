/** An average that forgets: values weighed by the time they stood for, both fading. Plain data. */
export interface Mean {
  readonly sum: number;
  readonly ms: number;
}

/** Nothing seen yet. */
export const NO_MEAN: Mean = { sum: 0, ms: 0 };

/** Folds in a value that stood for the last `ms`; what is older fades to 1/e in `memoryMs`. */
export const foldMean = (
  { sum, ms }: Mean,
  seen: { readonly value: number; readonly ms: number },
  memoryMs: number,
): Mean => {
  const keep = Math.exp(-seen.ms / memoryMs);
  return { sum: sum * keep + seen.value * seen.ms, ms: ms * keep + seen.ms };
};

/** The average; NaN: nothing seen yet. */
export const meanOf = ({ sum, ms }: Mean): number => (ms > 0 ? sum / ms : NaN);
