import type { FileCount, MergeCount } from './counts.ts';
import { Lane, type LaneSize } from './lane.ts';
import { createHeap } from './heap.ts';
import type { Outlet } from './outlet.ts';
import { reasonOf } from './reason.ts';
import type { Reader, Source } from './source.ts';

/** What is merged, and how. */
export interface MergeOptions {
  readonly sources: readonly Source[];
  readonly outlet: Outlet;
  readonly size: LaneSize;
  /** lines whose time cannot be read stay behind the line before them; else they are left out */
  readonly keepsUnread: boolean;
  /** told now and then how many bytes of the files have been taken */
  readonly onProgress?: (taken: number) => void;
}

interface Entered {
  /** whose turn it is among lines of one time */
  readonly index: number;
  readonly reader: Reader;
  readonly lane: Lane;
}

const isBefore = (one: Entered, other: Entered): boolean =>
  one.lane.timeAt < other.lane.timeAt || (one.lane.timeAt === other.lane.timeAt && one.index < other.index);

/**
 * Merges logs in the order of their lines' times. Lines of one time come in the order of the files, and of one file in
 * its own order. Holds no more of a file than `size` says. A file that cannot be read, or not to its end, is told in the
 * counts, and the others go on; what the outlet throws ends the merge.
 */
export const mergeLogs = async ({
  sources,
  outlet,
  size,
  keepsUnread,
  onProgress,
}: MergeOptions): Promise<MergeCount> => {
  const count: MergeCount = {
    files: sources.map(({ name }): FileCount => ({ file: name, lines: 0, unread: 0, tooLong: 0, late: 0 })),
    lines: 0,
    bytes: 0,
  };
  const entered: Entered[] = [];
  for (const [index, source] of sources.entries()) {
    const file = count.files[index];
    if (file === undefined) continue;
    try {
      const reader = await source.open();
      entered.push({ index, reader, lane: new Lane(reader, size, { count: file, keepsUnread }) });
    } catch (error) {
      file.error = reasonOf(error);
    }
  }
  const tell = (): void => onProgress?.(entered.reduce((sum, { reader }) => sum + reader.taken(), 0));
  try {
    const race = createHeap(isBefore);
    for (const one of entered) {
      await one.lane.fill();
      if (one.lane.timeAt < Infinity) race.push(one);
    }
    for (let first = race.first(); first !== undefined; first = race.first()) {
      const { lane } = first;
      count.lines += 1;
      count.bytes += lane.to - lane.from;
      if (!outlet.put(lane.line, lane.from, lane.to)) {
        await outlet.flush();
        tell();
      }
      if (!lane.next()) await lane.fill();
      if (lane.timeAt < Infinity) race.settle();
      else race.shift();
    }
    await outlet.flush();
    tell();
  } finally {
    await Promise.allSettled(entered.map(({ lane }) => lane.close()));
  }
  return count;
};
