import { span } from '../../../public/dashboard-words.js';
import type { Instant } from '../../model/clock.ts';
import type { Rejected } from '../../model/decision.ts';
import type { Candidate } from '../../model/policy.ts';
import type { PoolSnapshot, Standing } from '../../model/pool.ts';
import type { Id, State } from '../../model/secondary.ts';
import type { Roster } from '../../dispatch/roster/roster.ts';
import { becauseOf } from '../../verdicts/because.ts';

/** One secondary as a decision finds it. Plain data; numbers that nobody knows are absent. */
export interface SeenRow {
  readonly id: Id;
  readonly what: 'chosen' | 'kept' | 'could serve' | 'passed over';
  readonly state: State;
  readonly health: string;
  /** its weight times its warmth and the share it asked for */
  readonly weight?: number;
  /** what the policy compares; less is better */
  readonly score?: number;
  /** hostile text: evidence as the network gave it */
  readonly why: string;
}

export interface SeenRowsSources {
  readonly secondaries: readonly { readonly id: Id; readonly state: State }[];
  readonly snapshot: PoolSnapshot;
  /** when the decision is made */
  readonly now: Instant;
  readonly roster: Pick<Roster, 'candidates' | 'rejected' | 'isLastResort'>;
  /** those that do not work for this visitor */
  readonly avoided: readonly Rejected[];
  /** who was decided for; absent: nobody */
  readonly decided?: { readonly id: Id; readonly kind: 'chosen' | 'kept' } | undefined;
  readonly score: (candidate: Candidate) => number | undefined;
}

/** Everybody there is, in the order of the config: who serves, who could, and why the others are passed over. */
export const seenRows = (sources: SeenRowsSources): readonly SeenRow[] => {
  const { secondaries, snapshot, now, roster, avoided, decided, score } = sources;
  const candidates = new Map(roster.candidates.map((candidate) => [candidate.secondary.id, candidate]));
  const rejected = new Map([...avoided, ...roster.rejected].map((one) => [one.id, one]));
  return secondaries.map(({ id, state }) => {
    const candidate = candidates.get(id);
    const passedOver = rejected.get(id);
    const standing = snapshot.standings.get(id);
    const verdict = standing?.verdict;
    const scored = candidate === undefined ? undefined : score(candidate);
    const isUnasked = verdict === undefined && snapshot.source === 'none';
    const why =
      passedOver === undefined
        ? isUnasked
          ? 'nobody asks it'
          : standing === undefined
            ? 'not asked yet'
            : whyServing(standing, now)
        : whyNot(passedOver);
    return {
      id,
      what: id === decided?.id ? decided.kind : candidate === undefined ? 'passed over' : 'could serve',
      state,
      health: isUnasked ? 'not asked' : (verdict?.health ?? 'unknown'),
      ...(candidate === undefined ? {} : { weight: thousandths(candidate.weight) }),
      ...(scored === undefined ? {} : { score: thousandths(scored) }),
      why: roster.isLastResort && candidate !== undefined ? `${why}; tried all the same: nobody works` : why,
    };
  });
};

/** Why somebody may serve; and for how long nothing was heard of his load, where that cannot be read. */
const whyServing = ({ verdict, load, loadFailure }: Standing, now: Instant): string => {
  const because = becauseOf(verdict);
  if (loadFailure === undefined) return because;
  return `${because}; no load report ${load === undefined ? 'yet' : `for ${span(now - load.at)}`} (${loadFailure})`;
};

/** Why somebody was passed over, with the evidence. */
export const whyNot = ({ why, detail }: Pick<Rejected, 'why' | 'detail'>): string =>
  detail === undefined ? why : `${why}: ${detail}`;

const thousandths = (value: number): number => Math.round(value * 1000) / 1000;
