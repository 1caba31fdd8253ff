import type { NonEmpty } from '../model/non-empty.ts';
import type { Candidate } from '../model/policy.ts';
import type { Slices } from '../model/slices.ts';

/** So many rosters a snapshot may have: from outside and from inside, each for all, for IPv4 and for IPv6. */
const MOST = 6;

/**
 * Makes something of a list of candidates, and keeps what it made of the last few: most snapshots change no list, and a
 * policy is made ready for all rosters of one in turn.
 *
 * @param fits whether it is what would be made of that list
 */
export const keepFew = <Made>(
  make: (candidates: NonEmpty<Candidate>) => Slices<Made>,
  fits: (made: Made, candidates: NonEmpty<Candidate>) => Slices<boolean>,
): ((candidates: NonEmpty<Candidate>) => Slices<Made>) => {
  let kept: readonly Made[] = [];
  function* fitting(candidates: NonEmpty<Candidate>): Slices<Made | undefined> {
    for (const one of kept) if (yield* fits(one, candidates)) return one;
    return undefined;
  }
  return function* (candidates) {
    const made = (yield* fitting(candidates)) ?? (yield* make(candidates));
    kept = [made, ...kept.filter((one) => one !== made)].slice(0, MOST);
    return made;
  };
};
