/** Work that grows with the pool, in slices of some ten microseconds: between two of them visitors are served. */
export type Slices<Result = void> = Generator<undefined, Result>;

/** Does all slices at once. */
export const finish = <Result>(slices: Slices<Result>): Result => {
  for (;;) {
    const { done, value } = slices.next();
    if (done === true) return value;
  }
};
