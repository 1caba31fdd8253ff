import { mixed } from '../../policies/fingerprint.ts';

const TURNS = 2 ** 32;

/**
 * What the dice show at a later cast of a decision, 0 up to 1: it follows from the last one that is noted, so that a few
 * numbers tell of any number of casts. As good as any other: every bit of that one turns every bit of this.
 *
 * @param last what they showed last, 0 up to 1
 * @param cast 0, 1, 2 …: the how many-th cast of the decision
 */
export const dieAfter = (last: number, cast: number): number =>
  mixed((last * TURNS) | 0, Math.imul(cast, 0x9e3779b1)) / TURNS;
