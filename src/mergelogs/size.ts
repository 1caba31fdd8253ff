import type { LaneSize } from './lane.ts';

const KIB = 1_024;
/** All files together may hold so much in memory. */
const TOGETHER = 12 * 1_024 * KIB;
const LEAST = 20 * KIB;
const MOST = 2_048 * KIB;
/** Longer lines are no lines; with many files those are not that are longer than any web server writes. */
const LONGEST = 1_024 * KIB;
const LONGEST_OF_MANY = 32 * KIB;
/** Among so many lines of a file disorder is put right, but of many files only among as many as have so many bytes. */
const LINES = 1_024;
const LEAST_WINDOW = 8 * KIB;

/** How much of each of so many files is held: together about 12 MiB, as few are open, whatever their size. */
export const laneSize = (files: number): LaneSize => {
  const bytes = Math.max(LEAST, Math.min(MOST, Math.floor(TOGETHER / files)));
  return {
    bytes,
    lines: LINES,
    window: Math.max(LEAST_WINDOW, bytes / 8),
    longest: Math.max(LONGEST_OF_MANY, Math.min(LONGEST, bytes / 2)),
  };
};
