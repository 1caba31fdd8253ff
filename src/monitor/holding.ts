import type { Journal } from '../journal.ts';
import type { Clock, Instant } from '../model/clock.ts';
import { countTurn, mayBeTheLooker, type Round } from '../verdicts/hold.ts';

/** Holds verdicts back for one round when so many turn down at once that it may be the one who looks. */
export interface Holding {
  /** Whether the turn of one more secondary is held; `up` is how many were up before it. */
  readonly holds: (up: number) => boolean;
  readonly stop: () => void;
}

export interface HoldingOptions {
  readonly clock: Clock;
  readonly journal: Journal;
  /** how long a round is now */
  readonly roundMs: () => number;
  /** A hold begins: time to ask again. */
  readonly onBegin: () => void;
  /** It is over: whoever is still failing is down. */
  readonly onEnd: () => void;
}

/** A secondary is held for one round at most, so nothing is hidden longer than the `fall` rounds that it may take. */
export const createHolding = ({ clock, journal, roundMs, onBegin, onEnd }: HoldingOptions): Holding => {
  let round: Round | undefined;
  let until: Instant | undefined;
  let timer: NodeJS.Timeout | undefined;

  const end = (): void => {
    until = undefined;
    round = undefined;
    onEnd();
  };

  return {
    holds: (up) => {
      const at = clock.now();
      if (until !== undefined) return at < until;
      const lengthMs = roundMs();
      round = countTurn(round, { at, up, roundMs: lengthMs });
      if (!mayBeTheLooker(round)) return false;
      until = at + lengthMs;
      timer = setTimeout(end, lengthMs);
      journal({
        type: 'held',
        because: `${String(round.turned)} of ${String(round.up)} turned down at once, so it may be this machine's own network: for one round (${String(lengthMs)} ms) the last verdicts stand while all are asked again`,
      });
      onBegin();
      return true;
    },
    stop: () => clearTimeout(timer),
  };
};
