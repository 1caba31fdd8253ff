import type { Clock, Dice } from '../model/clock.ts';
import type { Draw } from '../model/policy.ts';
import type { Asked } from './asked.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Rolls } from './ledger/rolls.ts';
import type { Roster } from './roster/roster.ts';

interface GlanceParts {
  readonly ledger: Ledger;
  readonly rolls: Pick<Rolls, 'next'>;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly near: Draw['near'];
  readonly whereabouts: Draw['whereabouts'];
}

/** A draw for a second look at a decision that is made. */
export type Glance = (asked: Pick<Asked, 'visit' | 'through'>, roster: Pick<Roster, 'whose'>) => Draw;

/** It takes no ticket, and its dice are not those of the decision. */
export const createGlance =
  ({ ledger, rolls, clock, dice, near, whereabouts }: GlanceParts): Glance =>
  ({ visit, through }, { whose }) => ({
    ...{ visit, dice, ledger, near, whereabouts },
    ticket: rolls.next(through.way, whose),
    now: clock.now(),
  });
