import type { Dice } from '../model/clock.ts';

/** The place of the least number; of equal ones any with the same chance. Casts the dice only where some are equal. */
export const leastOf = (numbers: Float64Array, dice: Dice): number => {
  let least = Infinity;
  let equals = 0;
  let place = 0;
  for (let at = 0; at < numbers.length; at++) {
    const number = numbers[at] as number;
    if (number > least) continue;
    if (number < least) {
      least = number;
      place = at;
      equals = 1;
    } else equals++;
  }
  let skip = equals > 1 ? Math.floor(dice() * equals) : 0;
  while (skip-- > 0) place = numbers.indexOf(least, place + 1);
  return place;
};
