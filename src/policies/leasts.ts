import type { Dice } from '../model/clock.ts';

/** Numbers by place, of which the least is found in O(√n). */
export interface Leasts {
  readonly at: (place: number) => number;
  readonly change: (place: number, number: number) => void;
  /** All numbers were written anew. */
  readonly renew: () => void;
  /** The place of the least; of equal ones any with the same chance. Casts the dice only where some are equal. NaN is never least. */
  readonly find: (dice: Dice) => number;
}

/** Keeps the numbers in blocks of about √n, and of each block what is least in it and how often. */
export const createLeasts = (numbers: Float64Array): Leasts => {
  const width = Math.ceil(Math.sqrt(numbers.length));
  const leasts = new Float64Array(Math.ceil(numbers.length / width));
  const counts = new Uint32Array(leasts.length);
  const recount = (block: number): void => {
    const end = Math.min(numbers.length, (block + 1) * width);
    let least = Infinity;
    let count = 0;
    for (let place = block * width; place < end; place++) {
      const number = numbers[place] as number;
      if (!(number <= least)) continue;
      count = number === least ? count + 1 : 1;
      least = number;
    }
    leasts[block] = least;
    counts[block] = count;
  };
  const renew = (): void => {
    for (let block = 0; block < leasts.length; block++) recount(block);
  };
  renew();

  return {
    at: (place) => numbers[place] as number,
    change: (place, number) => {
      numbers[place] = number;
      recount(Math.floor(place / width));
    },
    renew,
    find: (dice) => {
      // Plain loops: what the compiler made of them is at hand even where no visitor came for a while.
      let least = Infinity;
      let count = 0;
      let block = -1;
      for (let at = 0; at < leasts.length; at++) {
        const number = leasts[at] as number;
        if (!(number <= least)) continue;
        if (number < least || block === -1) {
          count = 0;
          block = at;
        }
        least = number;
        count += counts[at] as number;
      }
      let skip = count > 1 ? Math.floor(dice() * count) : 0;
      while (skip >= (counts[block] as number)) {
        skip -= counts[block] as number;
        do block++;
        while (block < leasts.length && leasts[block] !== least);
      }
      for (let place = block * width; place < numbers.length; place++) {
        if (numbers[place] === least && skip-- === 0) return place;
      }
      return 0;
    },
  };
};
