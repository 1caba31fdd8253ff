import type { Entry } from '../journal.ts';
import type { Clock } from '../model/clock.ts';

/** Some events on their way to somebody, oldest first. */
export interface Notice {
  readonly entries: readonly Entry[];
  /** events that he was never told before these, since the last notice that he got */
  readonly lost: number;
}

/** Tells one notice; resolves with why it could not be told, `undefined` when it was. Never rejects. */
export type Tell = (notice: Notice) => Promise<string | undefined>;

export interface OutboxOptions {
  readonly tell: Tell;
  readonly clock: Pick<Clock, 'now'>;
  /** Told when telling begins to fail, not at every try. */
  readonly failing: (because: string) => void;
  /** Told when it works again after that, and how many events were given up. */
  readonly working: (lost: number) => void;
}

/** What waits for one webhook or program. */
export interface Outbox {
  readonly put: (entry: Entry) => void;
  /**
   * Tells what waits without a rest between two notices. Resolves when nothing is left to tell, or the time is up, with
   * how many events he is not known to have been told; nothing is told after that.
   */
  readonly close: (withinMs: number) => Promise<number>;
}

/** So many events wait at most; the oldest are given up. */
export const MOST_WAITING = 200;

/** So many go into one notice. */
export const MOST_IN_ONE = 50;

/** Two notices are at least so far apart: in a storm events come together. */
const APART_MS = 1000;

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 300_000;

/** One that is refused so often, over twenty minutes, is given up: it may be the notice. */
const MOST_TRIES = 12;

/** A bounded queue whose events are told one notice after the other, again and again with growing waits. */
export const createOutbox = ({ tell, clock, failing, working }: OutboxOptions): Outbox => {
  let waiting: Entry[] = [];
  /** how many events are being told */
  let onTheirWay = 0;
  let lost = 0;
  /** since it last worked */
  let fails = 0;
  let lostInAll = 0;
  let tries = 0;
  let notBefore = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  let isTelling = false;
  let isClosing = false;
  let isClosed = false;
  let whenEmpty: (() => void) | undefined;

  const giveUp = (count: number): void => {
    lost += count;
    lostInAll += count;
  };
  const bound = (): void => {
    if (waiting.length <= MOST_WAITING) return;
    giveUp(waiting.length - MOST_WAITING);
    waiting = waiting.slice(-MOST_WAITING);
  };

  const next = (): void => {
    if (isClosed || isTelling || timer !== undefined) return;
    if (waiting.length === 0) {
      whenEmpty?.();
      return;
    }
    timer = setTimeout(
      () => {
        timer = undefined;
        void send();
      },
      Math.max(0, notBefore - clock.now()),
    );
    timer.unref();
  };

  const send = async (): Promise<void> => {
    const entries = waiting.slice(0, MOST_IN_ONE);
    waiting = waiting.slice(entries.length);
    const told = lost;
    isTelling = true;
    onTheirWay = entries.length;
    const because = await tell({ entries, lost: told });
    isTelling = false;
    onTheirWay = 0;
    if (because === undefined) {
      lost -= told;
      tries = 0;
      notBefore = isClosing ? -Infinity : clock.now() + APART_MS;
      if (fails > 0) working(lostInAll);
      fails = 0;
      lostInAll = 0;
    } else {
      if (fails === 0) failing(because);
      notBefore = clock.now() + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(fails, 16));
      fails += 1;
      tries += 1;
      if (tries < MOST_TRIES) waiting = [...entries, ...waiting];
      else {
        giveUp(entries.length);
        tries = 0;
      }
      bound();
    }
    next();
  };

  return {
    put: (entry) => {
      if (isClosed) return;
      waiting.push(entry);
      bound();
      next();
    },
    close: async (withinMs) => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const late = setTimeout(() => resolve(undefined), withinMs);
      whenEmpty = () => resolve(undefined);
      isClosing = true;
      // Who does not listen now will not in a moment; whoever does shall not wait for the next second.
      if (fails > 0) resolve(undefined);
      notBefore = -Infinity;
      clearTimeout(timer);
      timer = undefined;
      next();
      await promise;
      isClosed = true;
      clearTimeout(late);
      clearTimeout(timer);
      return waiting.length + onTheirWay + lost;
    },
  };
};
