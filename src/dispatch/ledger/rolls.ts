/**
 * Tickets for those who are chosen for. Each way in has a roll of its own, which all door threads draw from without a
 * lock: visitors who come by one way do not shift the turns of another.
 */
export interface Rolls {
  /** The next ticket of a way: 0, 1, 2 … over all threads; begins anew after 2^32. */
  readonly draw: (way: number) => number;
  /** The ticket that is drawn next. */
  readonly next: (way: number) => number;
}

/** So many ways have rolls of their own; those after them share these. */
const ROLLS = 1024;

/** The shared memory of all rolls. */
export const allocateRolls = (): SharedArrayBuffer =>
  new SharedArrayBuffer(ROLLS * Int32Array.BYTES_PER_ELEMENT);

/** Opens the memory of all rolls. */
export const openRolls = (memory: SharedArrayBuffer): Rolls => {
  const rolls = new Int32Array(memory);
  return {
    draw: (way) => Atomics.add(rolls, way % ROLLS, 1) >>> 0,
    next: (way) => Atomics.load(rolls, way % ROLLS) >>> 0,
  };
};
