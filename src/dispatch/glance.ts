import type { Clock, Dice } from '../model/clock.ts';
import type { Draw } from '../model/policy.ts';
import type { Visit } from '../model/visit.ts';
import type { Ledger } from './ledger.ts';

interface GlanceParts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly near: Draw['near'];
  readonly whereabouts: Draw['whereabouts'];
}

/** A draw for a second look at a decision that is made. */
export type Glance = (visit: Visit) => Draw;

/** It takes no ticket, and its dice are not those of the decision. */
export const createGlance =
  ({ ledger, clock, dice, near, whereabouts }: GlanceParts): Glance =>
  (visit) => ({ visit, ticket: ledger.tickets(), dice, now: clock.now(), ledger, near, whereabouts });
