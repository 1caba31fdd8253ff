import type { Dice } from '../../src/model/clock.ts';

/** Chance that comes out the same for the same seed (sfc32, by Chris Doty-Humphrey, public domain). */
export const seededDice = (seed: number): Dice => {
  let a = 0x9e3779b9 ^ seed;
  let b = Math.imul(seed + 1, 0x85ebca6b);
  let c = Math.imul(seed + 7, 0xc2b2ae35);
  let counter = 1;
  const roll = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return ((sum >>> 0) + 0.5) / 2 ** 32;
  };
  for (let round = 0; round < 16; round += 1) roll();
  return roll;
};

/** An exponential span of that mean. */
export const exponential = (dice: Dice, mean: number): number => -mean * Math.log(dice());

/** A Pareto law cut off at both ends: heavy-tailed, as sessions and answers on the web are. */
export interface BoundedPareto {
  readonly alpha: number;
  readonly least: number;
  readonly most: number;
}

/** Draws from a bounded Pareto law by inversion. */
export const paretoDraw = (dice: Dice, { alpha, least, most }: BoundedPareto): number =>
  least * (1 - dice() * (1 - (least / most) ** alpha)) ** (-1 / alpha);

/** The share of a bounded Pareto law that lies above `x`. */
export const paretoAbove = ({ alpha, least, most }: BoundedPareto, x: number): number => {
  if (x <= least) return 1;
  if (x >= most) return 0;
  const cut = (least / most) ** alpha;
  return ((least / x) ** alpha - cut) / (1 - cut);
};

/** The mean of a bounded Pareto law. */
export const paretoMean = ({ alpha, least, most }: BoundedPareto): number => {
  const cut = 1 - (least / most) ** alpha;
  return ((least ** alpha / cut) * alpha * (least ** (1 - alpha) - most ** (1 - alpha))) / (alpha - 1);
};
