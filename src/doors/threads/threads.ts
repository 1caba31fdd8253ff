import type { Listen } from '../../config/settings.ts';
import { ActionableError } from '../../errors.ts';
import type { Journal } from '../../journal.ts';
import type { Complaint } from '../../model/complaint.ts';
import type { Clock, Dice } from '../../model/clock.ts';
import type { PoolSnapshot } from '../../model/pool.ts';
import { crypto } from '../../node-crypto.ts';
import { ACCESS_LOG_CLOSE_MS } from '../access-log/access-log.ts';
import { openTurnout } from '../public/turnout.ts';
import { claimPort } from './claim-port.ts';
import { packConfig } from './config-parcel.ts';
import { startApart, startHere, type DoorThread } from './door-threads.ts';
import type { FromThread, ThreadConfig, ThreadStart } from './messages.ts';
import { pack } from './parcel.ts';

export interface ThreadsOptions {
  /** the module that a thread of its own runs */
  readonly entry: URL;
  readonly count: number;
  readonly config: ThreadConfig;
  /** Resolves with a live snapshot that is fresh enough for a visitor who came now. */
  readonly live: () => PoolSnapshot | Promise<PoolSnapshot>;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly journal: Journal;
  /** hears that a secondary did not work for a visitor */
  readonly complained: (complaint: Complaint) => void;
  /** Told when visitors cannot be served any more, and why: only a new start helps. */
  readonly lost: (because: string) => void;
}

/** The door threads of this process; one that dies is started again. */
export interface Threads {
  readonly ports: readonly number[];
  readonly configure: (config: ThreadConfig) => void;
  readonly publish: (snapshot: PoolSnapshot) => void;
  readonly reopenLogs: () => void;
  /** Resolves when every thread has finished what was open, or the grace is over. */
  readonly stop: (graceMs: number) => Promise<void>;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;
/**
 * The first door runs beside the monitor, in the main thread, unless the list is so long that reading news of it would
 * keep visitors waiting.
 */
const MOST_BESIDE = 1000;
/** A thread that lived this long died of something new: the waiting starts over. */
const SETTLED_MS = 60_000;
/** Why a thread ended, and how soon it is started again. */
interface Ended {
  readonly because: string;
  readonly afterMs: number;
}

/** What TLS wants of them. */
const TICKET_KEY_BYTES = 48;
/** Beyond the grace that doors give to open requests: the access log writes what waits. */
const STOP_SLACK_MS = ACCESS_LOG_CLOSE_MS + 1000;

const withListen = (config: ThreadConfig, listen: readonly Listen[]): ThreadConfig => ({
  ...config,
  settings: { ...config.settings, listen },
});

/** Starts the door threads and keeps them alive. Rejects with an `ActionableError` when a port cannot be had. */
export const startThreads = async (options: ThreadsOptions): Promise<Threads> => {
  const { entry, count, live, clock, dice, journal, complained, lost } = options;
  const snapshots = new Map<'cached' | 'live', PoolSnapshot>();
  const doors = new Map<number, DoorThread>();
  const whenGone = new Map<DoorThread, () => void>();
  const ticketKeys = crypto.randomBytes(TICKET_KEY_BYTES);
  const waits = new Set<NodeJS.Timeout>();
  /** A thread that cannot even begin ends the start; later it is started again. */
  let isOpen = false;
  let isStopping = false;
  const claimed = await Promise.all(options.config.settings.listen.map(claimPort));
  let config: ThreadConfig = withListen(options.config, claimed);

  const turnout = openTurnout(config.connections.turnout);

  const publish = (of: 'cached' | 'live', snapshot: PoolSnapshot): void => {
    const before = snapshots.get(of);
    if (before === snapshot) return;
    snapshots.set(of, snapshot);
    const parcel = pack(snapshot, before);
    for (const door of doors.values()) door.say({ type: 'snapshot', of, parcel });
  };

  /** A round that cannot even begin keeps nobody waiting: the last one must do. */
  const liveOrOld = async (): Promise<PoolSnapshot | undefined> => {
    try {
      return await live();
    } catch (error) {
      journal({ type: 'bug', where: 'live', error: String(error) });
      return undefined;
    }
  };

  const sendLive = async (door: DoorThread, n: number): Promise<void> => {
    const snapshot = await liveOrOld();
    if (snapshot !== undefined) publish('live', snapshot);
    door.say({ type: 'asked', n });
  };

  /** Starts a thread that ended anew, after a while. */
  const again = (thread: number, { because, afterMs }: Ended): void => {
    if (isStopping || !isOpen) return;
    journal({ type: 'thread-ended', thread, because, againInMs: afterMs });
    if (config.settings.listen.some(({ fd }) => fd !== undefined)) {
      lost(`its socket, which the service manager gave it, ended with a door thread: ${because}`);
      return;
    }
    const wait = setTimeout(() => {
      waits.delete(wait);
      const nextMs = Math.min(afterMs * 2, LONGEST_WAIT_MS);
      try {
        launch(thread, nextMs).catch(() => undefined);
      } catch (error) {
        // The system has no threads or memory left; it may have some again.
        again(thread, { because: String(error), afterMs: nextMs });
      }
    }, afterMs);
    waits.add(wait);
  };

  const launch = (thread: number, waitMs: number): Promise<readonly number[]> => {
    const start: ThreadStart = { thread, reusePort: count > 1, ticketKeys, config };
    const bornAt = clock.now();
    const { promise, resolve, reject } = Promise.withResolvers<readonly number[]>();
    let failure: ActionableError | undefined;
    const heard = (message: FromThread): void => {
      switch (message.type) {
        case 'open':
          resolve(message.ports);
          return;
        case 'failed':
          failure = new ActionableError(message.what, message.remedy, message.exitCode);
          reject(failure);
          return;
        case 'ask':
          void sendLive(door, message.n);
          return;
        case 'complaint':
          complained(message.complaint);
          return;
        case 'event':
          journal(message.event);
          return;
        case 'stopped':
          return;
      }
    };
    const ended = (how: string): void => {
      const because = failure?.message ?? how;
      if (doors.get(thread) === door) doors.delete(thread);
      turnout.leave(thread);
      whenGone.get(door)?.();
      reject(new Error(because));
      const isSettled = clock.now() - bornAt > SETTLED_MS;
      again(thread, { because, afterMs: isSettled ? FIRST_WAIT_MS : waitMs });
    };
    const isHere = thread === 0 && config.settings.secondaries.length <= MOST_BESIDE;
    const door = isHere
      ? startHere(start, { heard, ended, clock, dice })
      : startApart(entry, start, { heard, ended });
    doors.set(thread, door);
    for (const [of, snapshot] of snapshots) door.say({ type: 'snapshot', of, parcel: pack(snapshot) });
    return promise;
  };

  const stop = async (graceMs: number): Promise<void> => {
    isStopping = true;
    for (const wait of waits) clearTimeout(wait);
    await Promise.all(
      Array.from(doors.values(), async (door) => {
        const { promise, resolve } = Promise.withResolvers<undefined>();
        whenGone.set(door, () => {
          resolve(undefined);
        });
        door.say({ type: 'stop', graceMs });
        const cut = setTimeout(door.cut, graceMs + STOP_SLACK_MS);
        await promise;
        clearTimeout(cut);
      }),
    );
  };

  const begin = async (_: unknown, thread: number): Promise<readonly number[]> =>
    launch(thread, FIRST_WAIT_MS);
  const starting = Array.from({ length: count }, begin);
  let ports: readonly number[];
  try {
    [ports = []] = await Promise.all(starting);
    isOpen = true;
  } catch (error) {
    isStopping = true;
    await Promise.allSettled(starting);
    await stop(0);
    throw error;
  }

  return {
    ports,
    configure: (next) => {
      const before = config;
      config = withListen(next, claimed);
      const parcel = packConfig(config, before);
      // Threads forget it: what it was made of may have changed.
      snapshots.delete('live');
      for (const door of doors.values()) door.say({ type: 'config', parcel });
    },
    publish: (snapshot) => {
      publish('cached', snapshot);
    },
    reopenLogs: () => {
      for (const door of doors.values()) door.say({ type: 'reopen-logs' });
    },
    stop,
  };
};
