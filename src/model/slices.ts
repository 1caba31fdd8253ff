/** Work that grows with the pool, in slices of some fifty microseconds at most: between two of them visitors are served. */
export type Slices<Result = void> = Generator<undefined, Result>;

/** Does all slices at once. */
export const finish = <Result>(slices: Slices<Result>): Result => {
  for (;;) {
    const { done, value } = slices.next();
    if (done === true) return value;
  }
};

/** So many are looked at in a slice, whatever it takes to look at one. */
const ROWS_A_SLICE = 512;

/** Looks at each of a list, some hundreds a slice; the last of many end theirs. */
export function* inSlices<One>(list: ArrayLike<One>, look: (one: One, place: number) => void): Slices {
  yield* everyInSlices(list, (one, place) => {
    look(one, place);
    return true;
  });
}

/** Whether it is so for each of a list; looks at some hundreds a slice, and at no more than it takes. */
export function* everyInSlices<One>(
  list: ArrayLike<One>,
  isSo: (one: One, place: number) => boolean,
): Slices<boolean> {
  for (let place = 0; place < list.length; place += 1) {
    if (place > 0 && place % ROWS_A_SLICE === 0) yield;
    if (!isSo(list[place] as One, place)) return false;
  }
  if (list.length > ROWS_A_SLICE) yield;
  return true;
}

/** A column of zeros. To make one of ten thousand may take half a slice. */
export function* zeros(length: number): Slices<Float64Array> {
  if (length > ROWS_A_SLICE) yield;
  return new Float64Array(length);
}

/** What is made in slices before anybody asks for it; else at once, for the first who does. */
export interface Ahead<Made> {
  readonly get: () => Made;
  /** Makes it, unless it is made; goes no further once somebody has asked for it. */
  readonly begin: () => Slices;
}

/** @param make always makes the same */
export const ahead = <Made extends object>(make: () => Slices<Made>): Ahead<Made> => {
  let made: Made | undefined;
  return {
    get: () => (made ??= finish(make())),
    *begin() {
      const slices = make();
      while (made === undefined) {
        const { done, value } = slices.next();
        if (done === true) made = value;
        else yield;
      }
    },
  };
};
