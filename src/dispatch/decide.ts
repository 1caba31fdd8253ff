import type { Decision, Rejected } from '../model/decision.ts';
import { isNonEmpty } from '../model/non-empty.ts';
import type { Candidate, Draw, Policy } from '../model/policy.ts';
import type { Id } from '../model/secondary.ts';
import type { Roster } from './roster.ts';

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
}

/**
 * Whom this visitor is sent to. First where he was, if that one may keep him; then the policy's choice. A visitor who
 * avoids everybody goes to the policy's choice all the same: better there than nowhere.
 */
export const decide = ({ roster, bound, policy, because, draw, avoid }: Question): Decision => {
  const { candidates, rejected } = roster;
  const keeper = bound === undefined || avoid.includes(bound) ? undefined : roster.keepers.get(bound);
  if (keeper !== undefined) {
    return { kind: 'kept', candidate: keeper, because: 'affinity', rejected };
  }
  const prepared = preparedFor(roster, policy, avoid);
  if (prepared === undefined) return { kind: 'none', rejected };
  return {
    kind: 'chosen',
    candidate: prepared.pick(draw()),
    because: roster.isLastResort ? 'anyone' : because,
    rejected: avoid.length === 0 ? rejected : [...rejected, ...avoidedOf(candidates, avoid)],
  };
};

const avoidedOf = (candidates: readonly Candidate[], avoid: readonly Id[]): readonly Rejected[] =>
  candidates
    .filter(({ secondary: { id } }) => avoid.includes(id))
    .map(({ secondary: { id } }) => ({
      id,
      why: 'avoided',
      detail: 'he said that it does not work for him',
    }));

const preparedFor = (roster: Roster, policy: Policy, avoid: readonly Id[]) => {
  if (avoid.length === 0) return roster.prepared(policy);
  const others = roster.candidates.filter(({ secondary }) => !avoid.includes(secondary.id));
  return isNonEmpty(others) ? policy(others) : roster.prepared(policy);
};
