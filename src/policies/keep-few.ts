import type { NonEmpty } from '../model/non-empty.ts';
import type { Candidate } from '../model/policy.ts';

/** So many rosters a snapshot may have: from outside and from inside, each for all, for IPv4 and for IPv6. */
const MOST = 6;

/**
 * Makes something of a list of candidates, and keeps what it made of the last few: most snapshots change no list, and a
 * policy is made ready for all rosters of one in turn.
 *
 * @param fits whether it is what would be made of that list
 */
export const keepFew = <Made>(
  make: (candidates: NonEmpty<Candidate>) => Made,
  fits: (made: Made, candidates: NonEmpty<Candidate>) => boolean,
): ((candidates: NonEmpty<Candidate>) => Made) => {
  let kept: readonly Made[] = [];
  return (candidates) => {
    const made = kept.find((one) => fits(one, candidates)) ?? make(candidates);
    kept = [made, ...kept.filter((one) => one !== made)].slice(0, MOST);
    return made;
  };
};
