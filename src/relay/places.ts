import type { Clock, Instant } from '../model/clock.ts';
import type { Network } from '../model/network.ts';

/** Places of what is carried at the same time, over all door threads. */
export interface Places {
  /**
   * Whether a visitor of this network gets a place: at once, or within two seconds, whoever came first first. Whoever got
   * one gives it back.
   */
  readonly take: (network: Network, isGone: () => boolean) => boolean | Promise<boolean>;
  readonly give: (network: Network) => void;
  /** how many are taken */
  readonly taken: () => number;
  readonly limit: (places: number) => void;
}

export interface PlacesOptions {
  /** of `allocatePlaces` */
  readonly memory: SharedArrayBuffer;
  /** which row of it is this thread's */
  readonly thread: number;
  readonly clock: Pick<Clock, 'now'>;
}

/** What one network may have of all places, and the least it may. */
const SHARE = 1 / 4;
const LEAST = 2;

/** How long a place is waited for: others give theirs back as soon as a page has its pictures. */
const PATIENCE_MS = 2000;
/** Who gives back a place in another thread is seen so soon. */
const LOOK_MS = 50;
/** So many wait in a thread; of one network the same part as of the places. */
const MOST_WAITING = 1000;

/** Networks are counted by what is left of their number here: two that share a count share their part. */
const NETWORKS = 1021;
const ROW = 1 + NETWORKS;

/** Memory for the places that all threads share, a row of counts for each. */
export const allocatePlaces = (threads: number): SharedArrayBuffer =>
  new SharedArrayBuffer(threads * ROW * Int32Array.BYTES_PER_ELEMENT);

interface Waiting {
  readonly network: Network;
  readonly until: Instant;
  readonly isGone: () => boolean;
  readonly tell: (hasPlace: boolean) => void;
}

/**
 * A thread counts in its own row, and goes by the sum of all. It counts first and looks then, so that two threads never
 * give the last place away twice. Its row begins at nothing: a thread before it may have died with places taken.
 */
export const openPlaces = ({ memory, thread, clock }: PlacesOptions): Places => {
  const counts = new Int32Array(memory);
  const own = thread * ROW;
  counts.fill(0, own, own + ROW);
  let places = 0;
  let queue: Waiting[] = [];
  let nextLook: NodeJS.Timeout | undefined;

  const sum = (column: number): number => {
    let all = 0;
    for (let at = column; at < counts.length; at += ROW) all += Atomics.load(counts, at);
    return all;
  };

  const count = (network: Network, step: 1 | -1): void => {
    Atomics.add(counts, own, step);
    Atomics.add(counts, own + columnOf(network), step);
  };

  const isTaken = (network: Network): boolean => {
    count(network, 1);
    if (sum(0) <= places && sum(columnOf(network)) <= Math.max(LEAST, places * SHARE)) return true;
    count(network, -1);
    return false;
  };

  /** Goes through all who wait, in their order; who shares a network with somebody who waits on needs no look. */
  const look = (): void => {
    clearTimeout(nextLook);
    const now = clock.now();
    const waitOn = new Set<number>();
    queue = queue.filter(({ network, until, isGone, tell }) => {
      if (isGone() || now >= until) {
        tell(false);
        return false;
      }
      const column = columnOf(network);
      if (!waitOn.has(column) && isTaken(network)) {
        tell(true);
        return false;
      }
      waitOn.add(column);
      return true;
    });
    if (queue.length > 0) nextLook = setTimeout(look, LOOK_MS);
  };

  const mayWait = (network: Network): boolean =>
    queue.length < MOST_WAITING &&
    queue.filter((each) => each.network === network).length < MOST_WAITING * SHARE;

  return {
    take: (network, isGone) => {
      if (queue.length === 0 && isTaken(network)) return true;
      if (!mayWait(network)) return false;
      const { promise, resolve } = Promise.withResolvers<boolean>();
      queue.push({ network, until: clock.now() + PATIENCE_MS, isGone, tell: resolve });
      look();
      return promise;
    },
    give: (network) => {
      count(network, -1);
      if (queue.length > 0) look();
    },
    taken: () => sum(0),
    limit: (next) => {
      places = next;
    },
  };
};

const columnOf = (network: Network): number => 1 + (Math.abs(network) % NETWORKS);
