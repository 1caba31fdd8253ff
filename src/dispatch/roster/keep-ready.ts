import type { PoolSnapshot } from '../../model/pool.ts';
import type { Slices } from '../../model/slices.ts';
import type { Rosters } from './roster.ts';

/** Keeps rosters ready between visits, so that no visit does what grows with the pool. */
export interface Ready {
  /**
   * A new snapshot that visits are answered by.
   *
   * @param then called once no visit has to wait for it, also where a newer one came meanwhile; of a short list at once
   */
  readonly hear: (snapshot: PoolSnapshot, then?: () => void) => void;
  readonly stop: () => void;
}

/** When something is done later: after whoever waits now, or after so many milliseconds. What it gives takes it back. */
export interface Timers {
  readonly soon: (then: () => void) => () => void;
  readonly after: (ms: number, then: () => void) => () => void;
}

/** The machine's own; they keep no process alive. */
export const machineTimers: Timers = {
  soon: (then) => {
    const immediate = setImmediate(then);
    return () => {
      clearImmediate(immediate);
    };
  },
  after: (ms, then) => {
    const timer = setTimeout(then, ms);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};

export interface ReadyOptions {
  readonly rosters: Omit<Rosters, 'of'>;
  /** how many visits were answered */
  readonly visits: () => number;
  readonly timers?: Timers;
}

/** Where no visitor comes, what ages is worked out anew more and more rarely, down to once in so long. */
const QUIET_MS = 1000;

/** Does nothing before the first snapshot. */
export const keepReady = ({ rosters, visits, timers = machineTimers }: ReadyOptions): Ready => {
  let work: Slices | undefined;
  const waiting: Slices[] = [];
  let cancelSlice = (): void => undefined;
  let cancelRenewal = (): void => undefined;
  let everyMs = Infinity;
  let waitMs = Infinity;
  let seenVisits = visits();
  let isStopped = false;

  const goOn = (): void => {
    if (work?.next().done === true) work = undefined;
    work ??= waiting.shift();
    if (work === undefined) plan();
    else cancelSlice = timers.soon(goOn);
  };

  const begin = (slices: Slices): void => {
    waiting.push(slices);
    if (work !== undefined || isStopped) return;
    cancelRenewal();
    goOn();
  };

  const plan = (): void => {
    cancelRenewal();
    everyMs = rosters.everyMs();
    if (everyMs === Infinity) return;
    const count = visits();
    waitMs = count === seenVisits ? Math.max(everyMs, Math.min(QUIET_MS, 2 * waitMs)) : everyMs;
    seenVisits = count;
    cancelRenewal = timers.after(waitMs, () => {
      begin(rosters.renew());
    });
  };

  return {
    hear: (snapshot, then = () => undefined) => {
      begin(followed(rosters.coming(snapshot), then));
    },
    stop: () => {
      isStopped = true;
      cancelSlice();
      cancelRenewal();
    },
  };
};

function* followed(slices: Slices, then: () => void): Slices {
  yield* slices;
  then();
}
