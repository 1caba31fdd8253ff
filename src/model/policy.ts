import type { Dice, Instant } from './clock.ts';
import type { LoadReport } from './load-report.ts';
import type { NonEmpty } from './non-empty.ts';
import type { Place } from './place.ts';
import type { Secondary } from './secondary.ts';
import type { Slices } from './slices.ts';
import type { Visit } from './visit.ts';

/** A secondary that may be chosen. Made once a snapshot, not once a visit. */
export interface Candidate {
  readonly secondary: Secondary;
  /** its row in the ledger */
  readonly slot: number;
  /** its configured weight times its warmth and the share it asked for; above 0 */
  readonly weight: number;
  /** 0.1 to 1: how much of its share it may take while it comes back */
  readonly warmth: number;
  /** visitors whom the ledger counted since its last report, or ever, when this was made */
  readonly sentBefore: number;
  readonly load?: LoadReport;
  /** what the slow loop makes of its reports; absent: nobody learns, the report is all there is */
  readonly belief?: Belief;
}

/**
 * What is believed of one secondary since it last reported. Made once a report by whoever learns, read at every visit.
 * Plain data.
 */
export interface Belief {
  /** the instant that the numbers below are of: when the report was read, its age then taken into account */
  readonly at: Instant;
  /** sessions it holds, as far as its report can be believed; 0 where the primary's own counts alone tell */
  readonly sessions: number;
  /** requests it has in service beyond its fair part; below 0: fewer */
  readonly excess: number;
  /** visitors of the ledger's fading counts that `sessions` already holds */
  readonly slowBefore: number;
  /** visitors of the ledger's fading counts that `excess` already holds; NaN: it is not told, and counts as fair */
  readonly fastBefore: number;
  /** its learned capacity over its configured weight; 1: as configured */
  readonly capacity: number;
  /** the same for all secondaries of a snapshot */
  readonly outlook: Outlook;
}

/** What is believed of the pool as a whole. */
export interface Outlook {
  /** sessions that one visitor of the ledger's slow counts stands for: those of other primaries come along with ours */
  readonly perVisitor: number;
  /** the part of the pool's capacity that was in use lately, 0 to 1; 1 where nobody tells */
  readonly load: number;
  /** the sum of the ledger's slow counts in usual times; 0: not known yet */
  readonly usual: number;
  /** how many sessions weigh as much as one request in service */
  readonly perRequest: number;
  /** sessions for each unit of capacity, typically */
  readonly fairSessions: number;
  /** visitors of the fast counts for each unit of capacity, typically, that run queues already hold */
  readonly fairFast: number;
}

/** Visitors that one thread sent, by slot, in counts that fade: what was sent long ago does not count any more. */
export interface FadingCounts {
  /** [the instant that the sum is of, the sum of the slow counts] */
  readonly head: Float64Array;
  /** the instant that the counts are of, for each block of slots */
  readonly at: Float64Array;
  /** fading to 1/e in 60 s */
  readonly slow: Float64Array;
  /** fading to 1/e in 10 s */
  readonly fast: Float64Array;
}

/** Whom this primary sent where, as plain numbers by slot. */
export interface LedgerView {
  /** visitors sent to the slot since its last load report */
  readonly since: (slot: number) => number;
  /** one for each thread */
  readonly fading: readonly FadingCounts[];
}

/** How near the secondaries are to visitors' networks, by what visitors' own browsers measured; as plain numbers. */
export interface NearnessView {
  /** Where the network of a visitor's address is noted; -1: it is not. */
  readonly find: (address: string) => number;
  /** Notes the network of an address, as one that visitors come from. */
  readonly note: (address: string) => void;
  /** how many secondaries a network knows at most */
  readonly places: number;
  /** The slot of the secondary that a network knows in this place; -1: none. */
  readonly slotAt: (row: number, place: number) => number;
  /** How many milliseconds that one takes to answer. */
  readonly msAt: (row: number, place: number) => number;
  /** Of how many measurements that is made. */
  readonly countAt: (row: number, place: number) => number;
  /** How many browsers of the network were asked to measure since the last one answered. */
  readonly unanswered: (row: number) => number;
}

/** Everything that may differ between two visits. */
export interface Draw {
  readonly visit: Visit;
  /** 0, 1, 2 …: how many visitors who came in the same way were chosen for before this one, over all threads */
  readonly ticket: number;
  readonly dice: Dice;
  readonly now: Instant;
  readonly ledger: LedgerView;
  /** absent: no browser is asked */
  readonly near?: NearnessView | undefined;
  /** Turns what the visit is known by into a number; absent: `fingerprint` does. */
  readonly print?: ((key: string) => number) | undefined;
  /** Tells where an address is; absent: nobody knows. */
  readonly whereabouts?: ((address: string) => Place | undefined) | undefined;
}

/** A policy that knows its candidates. */
export interface Prepared {
  /** Chooses one of the candidates for this visit; the fast path, never fails. */
  readonly pick: (draw: Draw) => Candidate;
  /** The figure that the choice compares, for `explain` and the dashboard; less is better. Absent where there is none. */
  readonly score?: (candidate: Candidate, draw: Draw) => number;
  /** Whether it would like this visitor's browser to measure which secondary is near. Absent: never. */
  readonly isCurious?: (draw: Draw) => boolean;
  /** What visits share and what ages; absent: there is nothing such. */
  readonly renewal?: Renewal;
}

/**
 * Works out between visits what visits share, so that none of them has to. Whoever begins it once is relied upon to do it
 * as often as it wants; where nobody does, visits do it themselves.
 */
export interface Renewal {
  /** `Infinity`: once is enough, visits see to it after that */
  readonly everyMs: number;
  /** A visit may come between two slices: until the last one is done, it goes by what was worked out before. */
  readonly begin: (when: Pick<Draw, 'now' | 'ledger'>) => Slices;
}

/**
 * How one of the candidates is chosen. Prepared once for a list of candidates (a snapshot, say every 2 s), so that the
 * work that grows with the pool is not done for every visitor.
 */
export type Policy = (candidates: NonEmpty<Candidate>) => Prepared;
