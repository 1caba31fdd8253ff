import type { Dice, Instant } from './clock.ts';
import type { LoadReport } from './load-report.ts';
import type { NonEmpty } from './non-empty.ts';
import type { Secondary } from './secondary.ts';
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
  readonly load?: LoadReport;
}

/** Whom this primary sent where, as plain numbers by slot. */
export interface LedgerView {
  /** visitors sent to the slot since its last load report */
  readonly since: (slot: number) => number;
}

/** Everything that may differ between two visits. */
export interface Draw {
  readonly visit: Visit;
  /** 0, 1, 2 …: how many visitors were chosen for before this one, over all threads */
  readonly ticket: number;
  readonly dice: Dice;
  readonly now: Instant;
  readonly ledger: LedgerView;
}

/** A policy that knows its candidates. */
export interface Prepared {
  /** Chooses one of the candidates for this visit; the fast path, never fails. */
  readonly pick: (draw: Draw) => Candidate;
  /** The figure that the choice compares, for `explain` and the dashboard; less is better. Absent where there is none. */
  readonly score?: (candidate: Candidate, draw: Draw) => number;
}

/**
 * How one of the candidates is chosen. Prepared once for a list of candidates (a snapshot, say every 2 s), so that the
 * work that grows with the pool is not done for every visitor.
 */
export type Policy = (candidates: NonEmpty<Candidate>) => Prepared;
