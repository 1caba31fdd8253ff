import type { Clock, Instant } from '../../model/clock.ts';
import type { Rejected } from '../../model/decision.ts';
import { isNonEmpty } from '../../model/non-empty.ts';
import type { Candidate, LedgerView, Policy, Prepared, Renewal } from '../../model/policy.ts';
import type { PoolSnapshot, Source } from '../../model/pool.ts';
import type { Id, Secondary } from '../../model/secondary.ts';
import { finish, type Slices } from '../../model/slices.ts';
import { anyone, siftInSlices } from '../../verdicts/sift.ts';

/** Who may serve, as of one snapshot: worked out once, read by every visit until the next. */
export interface Roster {
  readonly candidates: readonly Candidate[];
  /** those who may keep the visitors they have */
  readonly keepers: ReadonlyMap<Id, Candidate>;
  /** those who give their visitors no new cookies, so that the last one leaves when his ends */
  readonly draining: ReadonlySet<Id>;
  readonly rejected: readonly Rejected[];
  /** nobody is up, and the operator wants the others tried all the same */
  readonly isLastResort: boolean;
  /** the instant that it is of */
  readonly madeAt: Instant;
  /** which of the rosters of a snapshot it is, where visitors have several; else 0 */
  readonly whose: number;
  /** what it was made of: where a newer one is being made ready, the one before */
  readonly snapshot: PoolSnapshot;
  /** The policy, ready for these candidates; `undefined` when there are none. */
  readonly prepared: (policy: Policy) => Prepared | undefined;
}

/** The rosters of all snapshots that visits are answered by; of each feed the last one. */
export interface Rosters {
  /** The roster of a snapshot; made at once, unless it is coming: then the one before stands in. */
  readonly of: (snapshot: PoolSnapshot) => Roster;
  /** A snapshot that visits will be answered by: makes its roster, and the policies that are in use ready for it. */
  readonly coming: (snapshot: PoolSnapshot) => Slices;
  /** Works out anew what has aged of those that came in slices. */
  readonly renew: () => Slices;
  /** how often `renew` is wanted; `Infinity`: not at all */
  readonly everyMs: () => number;
}

export interface RosterOptions {
  readonly secondaries: readonly Secondary[];
  readonly slots: ReadonlyMap<Id, number>;
  readonly slowReturnMs: number;
  /** with nobody up, send visitors to anyone who is ready */
  readonly whenAllDown: 'anyone' | 'nobody';
  readonly ledger: LedgerView;
  readonly clock: Clock;
  /** which of a snapshot's rosters these are, where visitors have several; 0 */
  readonly whose?: number;
  /** made ready before the first visitor asks for them */
  readonly policies?: readonly Policy[];
}

/** While a secondary warms up its share grows; the roster is made anew this often. */
const WARMING_STEP_MS = 1000;

interface Made {
  readonly snapshot: PoolSnapshot;
  readonly roster: Roster;
  /** it came in slices, and so does the next */
  readonly isKept: boolean;
  readonly until: number;
  readonly renewals: () => readonly Renewal[];
}

/** What visits are answered by one after the other: a snapshot replaces the one before, whichever of these brought it. */
type Feed = 'none' | 'live' | 'kept';

const feedOf = (source: Source): Feed => (source === 'none' || source === 'live' ? source : 'kept');

/** Nothing is made before it is asked for. */
export const createRosters = (options: RosterOptions): Rosters => {
  const { secondaries, slots, slowReturnMs, whenAllDown, ledger, clock, whose = 0 } = options;
  const last = new Map<Feed, Made>();
  const expected = new Map<Feed, PoolSnapshot>();
  const inUse = new Set(options.policies);
  let readyFor: PoolSnapshot | undefined;
  let readyRoster: Roster | undefined;

  function* make(snapshot: PoolSnapshot, { isKept }: Pick<Made, 'isKept'>): Slices<Made> {
    const about = {
      secondaries,
      standings: snapshot.standings,
      beliefs: snapshot.beliefs,
      slots,
      ledger,
      blind: snapshot.source === 'none',
      now: clock.now(),
      slowReturnMs,
    };
    const sifted = yield* siftInSlices(about);
    const isLastResort = sifted.candidates.length === 0 && whenAllDown === 'anyone';
    const candidates = isLastResort ? yield* anyone(about) : sifted.candidates;
    const ready = new Map<Policy, Prepared>();
    let asked: Policy | undefined;
    let answer: Prepared | undefined;
    const isWarming = candidates.some(({ warmth }) => warmth < 1);
    return {
      snapshot,
      isKept,
      until: isWarming ? about.now + WARMING_STEP_MS : Infinity,
      renewals: () => Array.from(ready.values(), ({ renewal }) => renewal).filter((one) => one !== undefined),
      roster: {
        ...sifted,
        candidates,
        isLastResort,
        madeAt: about.now,
        whose,
        snapshot,
        prepared: (policy) => {
          if (policy === asked) return answer;
          asked = policy;
          answer = ready.get(policy);
          if (answer !== undefined) return answer;
          if (!isNonEmpty(candidates)) return undefined;
          answer = policy(candidates);
          ready.set(policy, answer);
          if (isKept) inUse.add(policy);
          return answer;
        },
      },
    };
  }

  function* makeReady(snapshot: PoolSnapshot): Slices {
    const feed = feedOf(snapshot.source);
    // Overtaken before it was begun: it is left out, where another stands in.
    if (expected.get(feed) !== snapshot && last.has(feed)) return;
    const made = yield* make(snapshot, { isKept: true });
    for (const policy of inUse) made.roster.prepared(policy);
    for (const { begin } of made.renewals()) yield* begin({ now: clock.now(), ledger });
    last.set(feed, made);
    if (expected.get(feed) !== snapshot) return;
    expected.delete(feed);
    readyFor = snapshot;
    readyRoster = made.roster;
  }

  return {
    of: (snapshot) => {
      // Nearly every visit goes this way: it costs next to nothing even where all is cold.
      if (snapshot === readyFor && readyRoster !== undefined) return readyRoster;
      const feed = feedOf(snapshot.source);
      const known = last.get(feed);
      if (known !== undefined) {
        if (expected.get(feed) === snapshot) return known.roster;
        const isOver = known.until !== Infinity && !known.isKept && clock.now() >= known.until;
        if (known.snapshot === snapshot && !isOver) return known.roster;
      }
      const made = finish(make(snapshot, { isKept: false }));
      last.set(feed, made);
      return made.roster;
    },
    coming: (snapshot) => {
      expected.set(feedOf(snapshot.source), snapshot);
      return makeReady(snapshot);
    },
    *renew() {
      const now = clock.now();
      for (const [feed, { isKept, snapshot, until, renewals }] of last) {
        if (!isKept || expected.has(feed)) continue;
        if (now >= until) {
          expected.set(feed, snapshot);
          yield* makeReady(snapshot);
          continue;
        }
        for (const { everyMs, begin } of renewals()) if (everyMs < Infinity) yield* begin({ now, ledger });
      }
    },
    everyMs: () => {
      let least = Infinity;
      for (const { isKept, until, renewals } of last.values()) {
        if (!isKept) continue;
        if (until < Infinity) least = Math.min(least, WARMING_STEP_MS);
        for (const { everyMs } of renewals()) least = Math.min(least, everyMs);
      }
      return least;
    },
  };
};
