/**
 * Tickets for those who are chosen for. Each way in has a roll of its own for each of the rosters that visitors may find
 * there, which all door threads draw from without a lock: visitors who come by one way, or by IPv6, do not shift the turns
 * of those who come by another, or by IPv4.
 */
export interface Rolls {
  /** The next ticket of a way, for those who find the roster of that number: 0, 1, 2 … over all threads; begins anew after 2^32. */
  readonly draw: (way: number, whose: number) => number;
  /** The ticket that is drawn next. */
  readonly next: (way: number, whose: number) => number;
}

/** So many ways have rolls of their own; those after them share these. */
const WAYS = 1024;
/** Visitors find one of so many rosters at most: all, or of IPv4 or IPv6, from outside or from inside. */
const ROSTERS = 8;

/** The shared memory of all rolls. */
export const allocateRolls = (): SharedArrayBuffer =>
  new SharedArrayBuffer(WAYS * ROSTERS * Int32Array.BYTES_PER_ELEMENT);

/** Opens the memory of all rolls. */
export const openRolls = (memory: SharedArrayBuffer): Rolls => {
  const rolls = new Int32Array(memory);
  return {
    draw: (way, whose) => Atomics.add(rolls, rollOf(way, whose), 1) >>> 0,
    next: (way, whose) => Atomics.load(rolls, rollOf(way, whose)) >>> 0,
  };
};

const rollOf = (way: number, whose: number): number => (way % WAYS) * ROSTERS + (whose % ROSTERS);
