import type { Clock, Instant } from '../model/clock.ts';
import type { Rejected } from '../model/decision.ts';
import { isNonEmpty } from '../model/non-empty.ts';
import type { Candidate, Policy, Prepared } from '../model/policy.ts';
import type { PoolSnapshot } from '../model/pool.ts';
import type { Id, Secondary } from '../model/secondary.ts';
import { anyone, sift } from '../verdicts/sift.ts';

/** Who may serve, as of one snapshot: worked out once, read by every visit until the next. */
export interface Roster {
  readonly candidates: readonly Candidate[];
  /** those who may keep the visitors they have */
  readonly keepers: ReadonlyMap<Id, Candidate>;
  readonly rejected: readonly Rejected[];
  /** nobody is up, and the operator wants the others tried all the same */
  readonly isLastResort: boolean;
  /** the instant that it is of */
  readonly madeAt: Instant;
  /** The policy, ready for these candidates; `undefined` when there are none. */
  readonly prepared: (policy: Policy) => Prepared | undefined;
}

export interface RosterOptions {
  readonly secondaries: readonly Secondary[];
  readonly slots: ReadonlyMap<Id, number>;
  readonly slowReturnMs: number;
  /** with nobody up, send visitors to anyone who is ready */
  readonly whenAllDown: 'anyone' | 'nobody';
  readonly clock: Clock;
}

/** While a secondary warms up its share grows; the roster is made anew this often. */
const WARMING_STEP_MS = 1000;

/** The roster of a snapshot; remembers the last one of each source. */
export const createRosters = (options: RosterOptions): ((snapshot: PoolSnapshot) => Roster) => {
  const { secondaries, slots, slowReturnMs, whenAllDown, clock } = options;
  const last = new Map<string, { snapshot: PoolSnapshot; roster: Roster; until: number }>();

  const make = (snapshot: PoolSnapshot): Roster => {
    const about = {
      secondaries,
      standings: snapshot.standings,
      beliefs: snapshot.beliefs,
      slots,
      blind: snapshot.source === 'none',
      now: clock.now(),
      slowReturnMs,
    };
    const sifted = sift(about);
    const isLastResort = sifted.candidates.length === 0 && whenAllDown === 'anyone';
    const candidates = isLastResort ? anyone(about) : sifted.candidates;
    const ready = new Map<Policy, Prepared>();
    return {
      ...sifted,
      candidates,
      isLastResort,
      madeAt: about.now,
      prepared: (policy) => {
        const known = ready.get(policy);
        if (known !== undefined) return known;
        if (!isNonEmpty(candidates)) return undefined;
        const prepared = policy(candidates);
        ready.set(policy, prepared);
        return prepared;
      },
    };
  };

  return (snapshot) => {
    const known = last.get(snapshot.source);
    if (known?.snapshot === snapshot && (known.until === Infinity || clock.now() < known.until)) {
      return known.roster;
    }
    const roster = make(snapshot);
    const isWarming = roster.candidates.some(({ warmth }) => warmth < 1);
    last.set(snapshot.source, {
      snapshot,
      roster,
      until: isWarming ? clock.now() + WARMING_STEP_MS : Infinity,
    });
    return roster;
  };
};
