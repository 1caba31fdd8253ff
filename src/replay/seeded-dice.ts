import type { Dice } from '../model/clock.ts';

/** A dice that falls the same way for the same seed (mulberry32 of T. Ettinger, public domain). */
export const seededDice = (seed: number): Dice => {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 0x1_0000_0000;
  };
};
