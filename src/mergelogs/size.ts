import type { LaneSize } from './lane.ts';

const KIB = 1_024;
/** All files together may hold so much in memory. */
const TOGETHER = 12 * 1_024 * KIB;
const LEAST = 64 * KIB;
const MOST = 2_048 * KIB;
/** Longer lines are no lines. */
const LONGEST = 1_024 * KIB;
/** Among so many lines of a file disorder is put right. */
const LINES = 1_024;

/** How much of each of so many files is held: together about 12 MiB, as few are open, whatever their size. */
export const laneSize = (files: number): LaneSize => {
  const bytes = Math.max(LEAST, Math.min(MOST, Math.floor(TOGETHER / files)));
  return { bytes, lines: LINES, longest: Math.min(LONGEST, bytes / 2) };
};
