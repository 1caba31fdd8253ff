import type { Dice, Instant } from '../model/clock.ts';

/**
 * Whom to ask anew: of two different places drawn by chance the one that was heard of longer ago; of one place, that one.
 * `undefined`: there is none.
 */
export const olderOfTwo = (
  count: number,
  heardAt: (place: number) => Instant,
  dice: Dice,
): number | undefined => {
  if (count === 0) return undefined;
  const one = Math.floor(dice() * count);
  const other = (one + 1 + Math.floor(dice() * (count - 1))) % count;
  return heardAt(one) <= heardAt(other) ? one : other;
};
