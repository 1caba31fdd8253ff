import type { Decision, Rejected } from '../model/decision.ts';
import type { Candidate, Draw, Policy, Prepared } from '../model/policy.ts';
import type { Id } from '../model/secondary.ts';
import type { Roster } from './roster/roster.ts';

/** What one decision is made of. */
export interface Question {
  readonly roster: Roster;
  /** the secondary that the visitor's cookie names */
  readonly bound: Id | undefined;
  readonly policy: Policy;
  /** the word for a choice of this policy */
  readonly because: string;
  /** Called only for a new choice: it takes a ticket. */
  readonly draw: () => Draw;
  /** secondaries that do not work for this visitor */
  readonly avoid: readonly Id[];
  /** of those that he does not avoid, the one that answered his browser; absent: it was not asked */
  readonly reached?: Id | undefined;
}

/**
 * Whom this visitor is sent to. First where he was, if that one may keep him; then the policy's choice. A visitor who
 * avoids everybody goes to the one that he left first, or back to where he was: better there than nowhere.
 */
export const decide = (question: Question): Decision => {
  const { roster, bound, policy, because, draw, avoid } = question;
  const { rejected } = roster;
  const keeper = bound === undefined || avoid.includes(bound) ? undefined : roster.keepers.get(bound);
  if (keeper !== undefined) return { kind: 'kept', candidate: keeper, because: 'affinity', rejected };
  const prepared = roster.prepared(policy);
  if (prepared === undefined) {
    const last = bound === undefined ? undefined : roster.keepers.get(bound);
    return last === undefined
      ? { kind: 'none', rejected }
      : { kind: 'kept', candidate: last, because: 'affinity', rejected };
  }
  return {
    kind: 'chosen',
    candidate: avoid.length === 0 ? prepared.pick(draw()) : pickOther(question, prepared),
    because: roster.isLastResort ? 'anyone' : because,
    rejected,
  };
};

/** How often a policy is asked for somebody else before the list decides. */
const AGAIN = 4;

/**
 * A choice for a visitor who avoids some: whom his browser reached, else the policy's, asked again while it is one of
 * these; where it insists, the next one in the list. Who avoids everybody there is goes to the one that he left first:
 * it had the most time to work again, and he stays there until he leaves it too. Whoever writes such cookies by himself
 * costs no more than that, however long the list is.
 */
const pickOther = (
  { roster: { candidates }, avoid, reached, draw }: Question,
  prepared: Prepared,
): Candidate => {
  const isAvoided = ({ secondary }: Candidate): boolean => avoid.includes(secondary.id);
  if (reached !== undefined && !avoid.includes(reached)) {
    const found = candidates.find(({ secondary }) => secondary.id === reached);
    if (found !== undefined) return found;
  }
  let picked = prepared.pick(draw());
  for (let again = 0; again < AGAIN && isAvoided(picked); again += 1) picked = prepared.pick(draw());
  if (!isAvoided(picked)) return picked;
  const at = candidates.indexOf(picked);
  const others = Array.from(avoid, (_, step) => candidates[(at + step + 1) % candidates.length]);
  const other = others.find((each) => each !== undefined && !isAvoided(each));
  if (other !== undefined) return other;
  const leftFirst = avoid.findLast((id) => candidates.some(({ secondary }) => secondary.id === id));
  return candidates.find(({ secondary }) => secondary.id === leftFirst) ?? picked;
};

/** Who is passed over because the visitor avoids him, for whoever explains a decision. */
export const avoidedAmong = (candidates: readonly Candidate[], avoid: readonly Id[]): readonly Rejected[] =>
  candidates
    .filter(({ secondary: { id } }) => avoid.includes(id))
    .map(({ secondary: { id } }) => ({
      id,
      why: 'avoided',
      detail: 'he said that it does not work for him',
    }));
