import type { Dice } from '../../model/clock.ts';
import type { Place } from '../../model/place.ts';
import type { Draw, NearnessView } from '../../model/policy.ts';
import { fingerprint } from '../../policies/fingerprint.ts';
import { dieAfter } from './die-after.ts';

/** What a policy may ask of the visitor, and of chance. */
type Sources = Pick<Draw, 'dice' | 'near' | 'whereabouts' | 'print'>;

/** What the decision under way went by. Changes with it. */
export interface Seen {
  /** how often the dice were cast; the first few of what they showed */
  casts: number;
  readonly shown: Float64Array;
  /** what the visit was known by, as a number; NaN: nobody asked */
  print: number;
  /** where the visitor is; absent: nobody asked, or nobody knows */
  from: Place | undefined;
  /** where his network is noted; -1: nobody asked, or it is not */
  row: number;
}

/** Sees what a policy asks, so that its choice can be explained and made again without the visitor. */
export interface Witness {
  readonly sources: Sources;
  readonly seen: Seen;
  /** Forgets the decision before. */
  readonly begin: () => void;
}

/** So many casts are noted; the next ones follow from the last of these. */
export const NOTED_CASTS = 4;

/** Watches the sources of a thread's decisions. Costs a visit next to nothing. */
export const createWitness = ({
  dice,
  near,
  whereabouts,
}: Omit<Sources, 'print'> & { readonly dice: Dice }): Witness => {
  const shown = new Float64Array(NOTED_CASTS);
  const seen: Seen = { casts: 0, shown, print: NaN, from: undefined, row: -1 };
  return {
    sources: {
      dice: () => {
        const cast = seen.casts;
        seen.casts += 1;
        if (cast >= NOTED_CASTS) return dieAfter(shown[NOTED_CASTS - 1] ?? 0, cast);
        return (shown[cast] = dice());
      },
      print: (key) => (seen.print = fingerprint(key)),
      near: near === undefined ? undefined : watchedNear(near, seen),
      whereabouts: whereabouts === undefined ? undefined : (address) => (seen.from = whereabouts(address)),
    },
    seen,
    begin: () => {
      seen.casts = 0;
      seen.print = NaN;
      seen.from = undefined;
      seen.row = -1;
    },
  };
};

const watchedNear = (near: NearnessView, seen: Seen): NearnessView => ({
  ...near,
  find: (address) => (seen.row = near.find(address)),
});
