import type { Network } from '../model/network.ts';

/** Tells whether one more visitor of the network may be counted elsewhere than he was sent. */
export type MayMove = (network: Network) => boolean;

/** So many of a network at once, and then one in so long. */
const BURST = 16;
const REFILL_MS = 1000;
/** A power of two. Networks that share a place share what they may. */
const PLACES = 4096;

/**
 * Bounds how many visitors of one network count where they say they went: whoever asks for pages by the thousand moves no
 * more than a few of the counts that policies read. Memory of fixed size.
 *
 * @param wall milliseconds since 1970
 */
export const boundMoves = (wall: () => number): MayMove => {
  /** when all that each moved is forgotten */
  const restedAt = new Float64Array(PLACES);
  return (network) => {
    const place = Math.imul(network >>> 0, 0x9e3779b1) >>> 20;
    const now = wall();
    const before = restedAt[place] ?? 0;
    // a clock that was set back does not hold anybody for longer
    const rested = before > now + BURST * REFILL_MS ? now : Math.max(now, before);
    if (rested + REFILL_MS > now + BURST * REFILL_MS) return false;
    restedAt[place] = rested + REFILL_MS;
    return true;
  };
};
