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
      let least = Infinity;
      for (const of of leasts) if (of < least) least = of;
      let count = 0;
      for (let block = 0; block < leasts.length; block++) {
        if (leasts[block] === least) count += counts[block] as number;
      }
      let skip = count > 1 ? Math.floor(dice() * count) : 0;
      let block = leasts.indexOf(least);
      for (; skip >= (counts[block] as number); block = leasts.indexOf(least, block + 1)) {
        skip -= counts[block] as number;
      }
      let place = numbers.indexOf(least, block * width);
      while (skip-- > 0) place = numbers.indexOf(least, place + 1);
      return place;
    },
  };
};
