import type { Candidate } from './policy.ts';
import type { Id } from './secondary.ts';

/** Why a secondary was passed over. */
export type Rejection =
  | 'maintenance' // the operator takes it out
  | 'draining' // the operator lets it keep only those it has
  | 'down' // its checks fail
  | 'unknown' // not asked yet, and others are known to work
  | 'weight-zero' // takes no new visitors
  | 'backup' // stands in only when no active one can
  | 'other-family' // has an IPv4 address only, and the visitor comes by IPv6, or the other way round
  | 'avoided'; // does not work for this visitor

export interface Rejected {
  readonly id: Id;
  readonly why: Rejection;
  /** the evidence in words, e.g. `refused: connect ECONNREFUSED 127.0.0.1:8086` */
  readonly detail?: string;
}

/** Whom a visitor is sent to and why; or that nobody can take him. */
export type Decision = Chosen | NoneLeft;

export interface Chosen {
  /** `kept`: back to the one he had; `chosen`: a new choice */
  readonly kind: 'kept' | 'chosen';
  readonly candidate: Candidate;
  /** one word: `affinity`, the policy's name, or `anyone` where all are down */
  readonly because: string;
  readonly rejected: readonly Rejected[];
}

export interface NoneLeft {
  readonly kind: 'none';
  readonly rejected: readonly Rejected[];
}
