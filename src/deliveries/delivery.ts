import type { Candidate } from '../model/policy.ts';
import type { Reply } from '../model/reply.ts';
import type { Origin } from '../model/secondary.ts';
import type { Visit } from '../model/visit.ts';
import type { Location } from './locate.ts';
import type { Views } from './views.ts';

/**
 * How a visitor's browser is told where to go. The location is ready made, because its target may differ from the
 * visit's own (a visitor of an entrance lands elsewhere). Whoever sends the reply adds the affinity cookie, Date,
 * Connection and Content-Length, and leaves the body out for HEAD.
 */
export interface Delivery {
  (visit: Visit, location: Location, views: Views): Reply;
  /** The same for a visitor who was chosen for anew, where his browser has a say in it; absent: it has none. */
  readonly choosing?: Choosing;
}

/** A delivery that lets the visitor's browser choose. */
export interface Choosing {
  /** how many candidates it wants to offer at most */
  readonly among: number;
  /** also for a visitor who goes back to where he was; absent: he is not moved */
  readonly isForKept?: boolean;
  readonly reply: (visit: Visit, location: Location, offer: Offer) => Reply;
}

/** A candidate as a page names it. */
export interface Named {
  readonly candidate: Candidate;
  /** under which this visitor finds it */
  readonly origin: Origin;
}

/** Whom a page may name, and what it is made with. */
export interface Offer {
  readonly views: Views;
  /** the choice of the policy first, then best first; not empty */
  readonly named: readonly [Named, ...Named[]];
  /** why the first is, one word of ours */
  readonly because: string;
  /** Where a visitor goes who reaches nobody: a path of the primary, which carries him. Absent: nobody is carried. */
  readonly carryAt: ((visit: Visit) => string) | undefined;
  /** Notes whom the page names, in its order; what its script sends the receipt with. Absent: no receipt is wanted. */
  readonly handOut?: (named: readonly Named[]) => string | undefined;
}
