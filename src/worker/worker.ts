import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../config/settings.ts';
import type { Journal } from '../journal.ts';
import type { Clock, Dice, Instant } from '../model/clock.ts';
import { STALE_AFTER_INTERVALS, type PoolSnapshot } from '../model/pool.ts';
import { createRivalWatch } from '../stores/rival.ts';
import type { Moment } from '../stores/print-pool-files.ts';
import { PINGFILE } from '../stores/pool-file.ts';
import { prepareFolder, writePoolFiles } from '../stores/write-pool-files.ts';

/** What of the settings a worker goes by. */
export type WorkerSettings = Pick<Settings, 'secondaries' | 'checks' | 'stateFolder'>;

/** By so much the wall clock may drift off before it counts as set to another time. */
const CLOCK_SET_MS = 1000;

/** A monitor as the worker sees it. */
export interface Watching {
  readonly update: (settings: WorkerSettings) => void;
  readonly snapshot: () => PoolSnapshot;
  readonly stop: () => Promise<void>;
}

/** Starts a monitor, with whatever it asks with. */
export type StartWatching = (given: {
  readonly settings: WorkerSettings;
  readonly source: 'memory';
  readonly journal: Journal;
  readonly publish: (snapshot: PoolSnapshot) => void;
}) => Watching;

export interface WorkerOptions {
  readonly settings: WorkerSettings;
  readonly startMonitor: StartWatching;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly journal: Journal;
  /** who writes the files, for people; absent: host and process id */
  readonly writer?: string;
  /** Called when both files are written for the first time. */
  readonly onFirstWritten?: () => void;
}

/** A monitor that writes what it knows into the two files. */
export interface Worker {
  readonly update: (settings: WorkerSettings) => void;
  readonly stop: () => Promise<void>;
}

/** Two writings are at least so long apart, whatever turns. */
const GATHER_MS = 100;

/** How much longer than an interval a writing may wait for the round to be complete. */
const LATE = 1.1;

/**
 * Files of a writer before us are not replaced before so many of the list have been heard: those who are not known
 * would get no visitors.
 */
const ENOUGH = 0.9;
/** So many intervals before they are stale they are replaced all the same: to write and to read takes its time. */
const SPARE = 0.5;

/**
 * The first writing, if nothing else brings it about: what a writer before us knew stands nearly as long as readers go by
 * it. Without one it is when a complete round is overdue.
 *
 * @param ageMs how long ago he wrote
 */
export const firstAt = (now: Instant, everyMs: number, ageMs = Infinity): Instant =>
  now + Math.max(LATE * everyMs, (STALE_AFTER_INTERVALS - SPARE) * everyMs - ageMs);

const heardOf = (standings: PoolSnapshot['standings']): number =>
  [...standings.values()].filter(({ verdict }) => verdict.health !== 'unknown').length;

/** How long ago somebody wrote the files in this folder; `undefined`: not so lately that readers go by them. */
const newsAgeMs = async (
  folder: string,
  { wall, everyMs }: { wall: number; everyMs: number },
): Promise<number | undefined> => {
  const found = await stat(join(folder, PINGFILE)).catch(() => undefined);
  if (found === undefined) return undefined;
  const ageMs = Math.abs(wall - found.mtimeMs);
  return ageMs < STALE_AFTER_INTERVALS * everyMs ? ageMs : undefined;
};

/**
 * Runs the checks and writes pingfile and sitefile: when a round is complete, at once when a verdict turns, and every
 * interval all the same, so that readers know that somebody is there. A writing that fails is told, and tried again.
 *
 * @throws ActionableError when nothing can be written into the folder
 */
export const startWorker = async (options: WorkerOptions): Promise<Worker> => {
  const { clock, dice, journal, onFirstWritten } = options;
  const { writer = `${hostname()}, process ${String(process.pid)}` } = options;
  let { settings } = options;
  const epoch = `${clock.wall().toString(36)}-${Math.floor(dice() * 36 ** 6).toString(36)}`;
  let seq = 0;
  let lastAt: Instant = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let isStopped = false;
  let trouble: string | undefined;

  const rivalIn = createRivalWatch(epoch);

  await prepareFolder(settings.stateFolder);
  const { everyMs } = settings.checks;
  const ageMs = await newsAgeMs(settings.stateFolder, { wall: clock.wall(), everyMs });
  /** A writer before us was killed, or ended: visitors go by what he knew. */
  const isSuccessor = ageMs !== undefined;
  const beganAt = clock.now();
  /** not before the first writing into a folder, and not after one that failed: it may be gone */
  let isPrepared = true;
  let hasWritten = false;

  /** The same instant is always told by the same wall time, unless somebody sets the clock. */
  let aheadMs = clock.wall() - clock.now();
  const momentOf = (): Moment => {
    const now = clock.now();
    if (Math.abs(clock.wall() - now - aheadMs) > CLOCK_SET_MS) aheadMs = clock.wall() - now;
    return { now, wall: now + aheadMs };
  };

  const write = async (): Promise<void> => {
    const {
      stateFolder: folder,
      checks: { everyMs },
    } = settings;
    lastAt = clock.now();
    seq += 1;
    if (!isPrepared) {
      const because = await prepareFolder(folder).then(
        () => undefined,
        (error: unknown) => (error as Error).message,
      );
      isPrepared = because === undefined;
      if (because !== undefined) {
        tell(folder, { ok: false, file: folder, because });
        return;
      }
    }
    const by = await rivalIn(folder);
    if (by !== undefined) journal({ type: 'files-contested', folder, by });
    const moment = momentOf();
    const written = await writePoolFiles(folder, monitor.snapshot(), { writer, epoch, seq, everyMs, moment });
    tell(folder, written);
    isPrepared = written.ok;
    if (written.ok && !hasWritten) onFirstWritten?.();
    hasWritten ||= written.ok;
  };

  /** Says once that it cannot be written, until it can or there is another reason. */
  const tell = (folder: string, written: Awaited<ReturnType<typeof writePoolFiles>>): void => {
    if (written.ok) {
      if (trouble !== undefined) journal({ type: 'files-written', folder });
      trouble = undefined;
      return;
    }
    const { file, because } = written;
    if (because !== trouble) journal({ type: 'files-unwritten', file, because });
    trouble = because;
  };

  /** Writes at an instant, or as soon after it as the writing before is through. */
  const writeAt = (at: Instant): void => {
    clearTimeout(timer);
    if (isStopped) return;
    const begin = (): void => {
      if (writing !== undefined) return;
      writing = write().finally(() => {
        writing = undefined;
        writeAt(isDue ? lastAt + GATHER_MS : lastAt + settings.checks.everyMs * LATE);
        isDue = false;
      });
    };
    timer = setTimeout(begin, Math.max(0, Math.ceil(at - clock.now())));
  };

  /** there was news while it was writing */
  let isDue = false;
  const monitor = options.startMonitor({
    settings,
    source: 'memory',
    journal,
    publish: ({ standings }) => {
      if (isSuccessor && !hasWritten && heardOf(standings) < standings.size * ENOUGH) return;
      if (writing === undefined) writeAt(lastAt + GATHER_MS);
      else isDue = true;
    },
  });

  writeAt(firstAt(beganAt, everyMs, ageMs));

  return {
    update: (next) => {
      if (next.stateFolder !== settings.stateFolder) isPrepared = false;
      settings = next;
      monitor.update(next);
    },
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await monitor.stop();
      await writing;
    },
  };
};
