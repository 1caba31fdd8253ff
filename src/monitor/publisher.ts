import type { Clock, Instant } from '../model/clock.ts';

/** How long those who turn shortly after one another wait for each other, so that not each of them costs a copy. */
const GATHER_MS = 50;

/** How long at most the first news waits for the slowest, so that visitors do not all go to whoever answered first. */
const OPENING_MS = 500;

/** Settles when news goes out. */
export interface Publisher {
  /** Something that visitors must know of at once. */
  readonly turn: () => void;
  /** Nothing that cannot wait for the end of the round. */
  readonly note: () => void;
  /** The round is complete: everybody has been heard. */
  readonly complete: () => void;
  readonly stop: () => void;
}

export interface PublisherOptions {
  readonly clock: Clock;
  readonly everyMs: () => number;
  readonly publish: () => void;
}

/**
 * News goes out when a round is complete, at once when a verdict turns, and about once an interval at the latest if
 * there is any. Before the first round is complete it is kept back for half a second.
 */
export const createPublisher = ({ clock, everyMs, publish }: PublisherOptions): Publisher => {
  const startedAt = clock.now();
  let lastAt: Instant | undefined;
  let plannedAt = Infinity;
  let timer: NodeJS.Timeout | undefined;

  const goOut = (): void => {
    plannedAt = Infinity;
    lastAt = clock.now();
    publish();
  };

  /** Even what is to go out at once waits for what comes in the same moment. */
  const by = (at: Instant): void => {
    if (plannedAt <= at) return;
    clearTimeout(timer);
    plannedAt = at;
    timer = setTimeout(goOut, Math.max(0, Math.ceil(at - clock.now())));
  };

  return {
    turn: () => by(lastAt === undefined ? startedAt + OPENING_MS : lastAt + GATHER_MS),
    // A little more than an interval: if the round is complete by then, it goes out as a whole.
    note: () => by(lastAt === undefined ? startedAt + OPENING_MS : lastAt + everyMs() * 1.1),
    complete: () => by(lastAt === undefined ? startedAt : lastAt + GATHER_MS),
    stop: () => clearTimeout(timer),
  };
};
