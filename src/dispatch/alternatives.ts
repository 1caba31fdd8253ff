import type { Candidate, Draw, Policy } from '../model/policy.ts';
import type { Roster } from './roster/roster.ts';

/** How many others are named, unless somebody wants more. */
const MOST = 3;
/** Of a longer list only so many, those behind the chosen one, are compared: a visit costs the same in any pool. */
const COMPARED = 32;

/** Whom to look among. */
export interface Among {
  readonly roster: Roster;
  readonly policy: Policy;
  readonly draw: Draw;
  readonly most?: number;
}

/**
 * Who else could take a visitor, best first where the policy can tell, else in the order of the list. Whom he avoids is
 * left out.
 */
export const alternativesTo = (
  chosen: Candidate,
  { roster, policy, draw, most = MOST }: Among,
): readonly Candidate[] => {
  const { candidates } = roster;
  const { avoid } = draw.visit;
  const isOther = ({ secondary: { id } }: Candidate): boolean =>
    id !== chosen.secondary.id && !avoid.includes(id);
  const after = candidates.findIndex(({ secondary }) => secondary.id === chosen.secondary.id) + 1;
  const others = Array.from(
    { length: Math.min(candidates.length, COMPARED) },
    (_, step) => candidates[(after + step) % candidates.length],
  ).filter((each) => each !== undefined && isOther(each)) as Candidate[];
  const score = roster.prepared(policy)?.score;
  if (score === undefined) return others.slice(0, most);
  return others
    .map((candidate) => ({ candidate, burden: score(candidate, draw) }))
    .sort((one, other) => one.burden - other.burden)
    .slice(0, most)
    .map(({ candidate }) => candidate);
};
