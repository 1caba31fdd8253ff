import type { FileCount, MergeCount } from './counts.ts';
import type { Crowd } from './crowd.ts';
import { createHeap } from './heap.ts';
import { Lane, type LaneSize } from './lane.ts';
import { once } from '../once.ts';
import { createOutlet, type Outlet, type Write } from './outlet.ts';
import { reasonOf } from './reason.ts';
import { createRooms, type Rooms } from './rooms.ts';
import { Tournament } from './tournament.ts';
import type { Reader, Source } from './source.ts';

/** What is merged, and how. */
export interface MergeOptions {
  readonly sources: readonly Source[];
  readonly outlet: Outlet;
  readonly size: LaneSize;
  /** absent: all files are open at the same time, however many there are */
  readonly crowd?: Crowd;
  /** lines whose time cannot be read stay behind the line before them; else they are left out */
  readonly keepsUnread: boolean;
  /** told now and then how many bytes of the files have been taken */
  readonly onProgress?: (taken: number) => void;
}

/** A log, and what is found in it. */
interface Log {
  /** whose turn it is among lines of one time */
  readonly index: number;
  readonly source: Source;
  readonly count: FileCount;
  /** made on the way: its bytes were counted already */
  readonly isScratch?: true;
}

/** A log that is not needed before a line of that time has its turn. */
interface Waiting extends Log {
  readonly firstAt: number;
}

interface Entered extends Log {
  /** in the race */
  readonly seat: number;
  readonly reader: Reader;
  readonly lane: Lane;
}

const isDueBefore = (one: Waiting, other: Waiting): boolean =>
  one.firstAt < other.firstAt || (one.firstAt === other.firstAt && one.index < other.index);

/**
 * Merges logs in the order of their lines' times. Lines of one time come in the order of the files, and of one file in
 * its own order. Holds no more of a file than `size` says. A file that cannot be read, or not to its end, is told in the
 * counts, and the others go on; what the outlet throws ends the merge.
 *
 * Where there are more files than may be open, each waits until its first line has its turn: of logs that were rotated
 * few are open at a time. Where more than may be are due at the same time, some of them are merged into a scratch file
 * first, which then stands for the first of them.
 */
export const mergeLogs = async (options: MergeOptions): Promise<MergeCount> =>
  (await mergeIn(createRooms(options.size.bytes), options)).count;

interface Merged {
  readonly count: MergeCount;
  /** bytes of the files */
  readonly taken: number;
}

/** So many files are made on the way at most, one beside the other. */
const MOST_SCRATCHES = 96;

const mergeIn = async (rooms: Rooms, options: MergeOptions): Promise<Merged> => {
  const { sources, outlet, size, keepsUnread, onProgress } = options;
  let { crowd } = options;
  const emptyCount = (file: string): FileCount => ({ file, lines: 0, unread: 0, tooLong: 0, late: 0 });
  const logs = sources.map((source, index): Log => ({ index, source, count: emptyCount(source.name) }));
  const count = { files: logs.map((log) => log.count), lines: 0, bytes: 0 };
  /** of those that are done */
  let taken = 0;
  const open = new Set<Entered>();
  const race = new Tournament();
  /** those in the race, by their seats */
  const seated: Entered[] = [];
  const waiting = createHeap(isDueBefore);

  const tell = (more = 0): void => {
    let sum = taken + more;
    for (const { reader, isScratch } of open) if (isScratch !== true) sum += reader.taken();
    onProgress?.(sum);
  };

  /** Undefined where it cannot be opened. */
  const enter = async (log: Log): Promise<Omit<Entered, 'seat'> | undefined> => {
    try {
      const reader = await log.source.open();
      return { ...log, reader, lane: new Lane(reader, size, { count: log.count, keepsUnread, rooms }) };
    } catch (error) {
      log.count.error = reasonOf(error);
      return undefined;
    }
  };

  const run = async (log: Log): Promise<void> => {
    const opened = await enter(log);
    if (opened === undefined) return;
    const entered = { ...opened, seat: race.enter(log.index) };
    open.add(entered);
    seated[entered.seat] = entered;
    await entered.lane.fill();
    if (entered.lane.timeAt < Infinity) race.set(entered.seat, entered.lane.timeAt);
    else await leave(entered);
  };

  const leave = async (entered: Entered): Promise<void> => {
    open.delete(entered);
    race.leave(entered.seat);
    if (entered.isScratch !== true) taken += entered.reader.taken();
    await entered.lane.close();
    if (entered.isScratch === true && entered.count.error !== undefined) throw new Error(entered.count.error);
  };

  /** When its first line is, as it will be told once it is opened. */
  const firstOf = async (log: Log): Promise<number> => {
    const looked = await enter({ ...log, count: emptyCount(log.source.name) });
    if (looked === undefined) return -Infinity;
    await looked.lane.fill();
    const { timeAt } = looked.lane;
    await looked.lane.close();
    // each holds what unpacking needs
    if (looked.reader.isPacked === true && crowd !== undefined)
      crowd = { ...crowd, mostOpen: Math.min(crowd.few, crowd.mostOpen), mostGathered: crowd.few };
    return timeAt;
  };

  let writeScratch: Write = () => Promise.resolve();
  const scratchOutlet = once(() => createOutlet((bytes) => writeScratch(bytes), size.longest));

  /** Merges those that are due next into one that waits in their stead. */
  const gather = async (given: Crowd): Promise<Waiting> => {
    const { mostGathered, openScratch } = given;
    const most = Math.max(mostGathered, Math.ceil(sources.length / MOST_SCRATCHES));
    const group: Waiting[] = [];
    while (group.length < most) {
      const next = waiting.shift();
      if (next === undefined) break;
      group.push(next);
    }
    const firstAt = group[0]?.firstAt ?? Infinity;
    group.sort((one, other) => one.index - other.index);
    const { write, source } = await openScratch();
    writeScratch = write;
    const merged = await mergeIn(rooms, {
      ...options,
      crowd: { ...given, mostOpen: mostGathered, mostGathered: Math.max(2, Math.ceil(mostGathered / 4)) },
      sources: group.map((log) => log.source),
      outlet: scratchOutlet(),
      onProgress: tell,
    });
    for (const [at, log] of group.entries()) {
      Object.assign(log.count, merged.count.files[at]);
    }
    taken += merged.taken;
    const index = group[0]?.index ?? 0;
    return { index, source, count: emptyCount(source.name), firstAt, isScratch: true };
  };

  try {
    for (const log of logs) {
      const isCrowd = crowd !== undefined && logs.length > Math.min(crowd.few, crowd.mostOpen);
      const waits = isCrowd && (await log.source.isLasting().catch(() => false));
      if (waits) waiting.push({ ...log, firstAt: await firstOf(log) });
      else await run(log);
    }
    for (;;) {
      const due = waiting.first();
      const firstAt = race.firstAt();
      if (due !== undefined && due.firstAt <= firstAt) {
        const full = crowd !== undefined && open.size >= crowd.mostOpen ? crowd : undefined;
        if (full !== undefined && due.isScratch !== true) waiting.push(await gather(full));
        else {
          waiting.shift();
          await run(due);
        }
        continue;
      }
      const first = firstAt < Infinity ? seated[race.first()] : undefined;
      if (first === undefined) break;
      const { lane } = first;
      count.lines += 1;
      count.bytes += lane.to - lane.from;
      if (!outlet.put(lane.line, lane.from, lane.to)) {
        await outlet.flush();
        tell();
      }
      if (!lane.next()) await lane.fill();
      if (lane.timeAt < Infinity) race.set(first.seat, lane.timeAt);
      else await leave(first);
    }
    await outlet.flush();
    tell();
  } finally {
    await Promise.allSettled([...open].map(({ lane }) => lane.close()));
  }
  return { count, taken };
};
