import type { Instant } from '../model/clock.ts';
import type { Verdict } from '../model/verdict.ts';

/** How many secondaries turned down since the first of them did, within one round of checks. */
export interface Round {
  readonly startedAt: Instant;
  /** how many were up when the first one turned, itself included */
  readonly up: number;
  readonly turned: number;
}

/** Counts one more secondary that turns down; a round that is over begins anew. */
export const countTurn = (
  round: Round | undefined,
  { at, up, roundMs }: { readonly at: Instant; readonly up: number; readonly roundMs: number },
): Round =>
  round === undefined || at - round.startedAt > roundMs
    ? { startedAt: at, up, turned: 1 }
    : { ...round, turned: round.turned + 1 };

/**
 * Whether so many turned down at once that it may be the one who looks: at least two, and more than half of those that
 * were up. Their last verdicts are then held for one round. Together with the `fall - 1` rounds before it turned, no
 * outage is hidden longer than `fall` rounds.
 */
export const mayBeTheLooker = ({ up, turned }: Round): boolean => turned >= 2 && turned * 2 > up;

/** The verdict as it stands while its turn is held: the failures are counted, the health stays. */
export const withhold = (judged: Verdict, before: Verdict): Verdict => {
  const { warmingSince } = before;
  return {
    ...judged,
    health: before.health,
    since: before.since,
    flaps: before.flaps,
    ...(warmingSince === undefined ? {} : { warmingSince }),
  };
};
