import type { Clock, Instant } from '../model/clock.ts';
import type { Slices } from '../model/slices.ts';
import type { Parsed, PoolFile } from '../stores/pool-file.ts';
import { createFileReader } from '../stores/read-pool-file.ts';
import type { Seen } from '../stores/standings-of.ts';

/** What a look at a file brought. */
export type FileNews = 'same' | 'changed' | { readonly refused: string };

/** One of the two files as it is followed: its last good content, and when that last changed. */
export interface FollowedFile<Row> {
  /** Looks again. A good file whose `seq` and `epoch` are the old ones is no change, whatever else it holds. */
  readonly look: () => Promise<FileNews>;
  /** the last good content that may be believed: it came after the first look, or is known to be recent */
  readonly believed: () => Seen<Row> | undefined;
  /** the changes seen so far, the last two of them: newest first */
  readonly changes: () => readonly Instant[];
  /** why it is not a good file as it stands there now, in words; `undefined`: it is one */
  readonly refusal: () => string | undefined;
}

export interface FileOptions<Row> {
  readonly parse: (text: string) => Slices<Parsed<PoolFile<Row>>>;
  readonly clock: Clock;
  /** How many milliseconds ago that content was written; `undefined`: nobody knows, or it is not to be believed. */
  readonly ageOf: (file: PoolFile<Row>) => number | undefined;
}

/**
 * Follows a file. What is found at the first look may be years old: without an age it is believed once it changes. It is
 * no change either way.
 */
export const followFile = <Row>(
  path: string,
  { parse, clock, ageOf }: FileOptions<Row>,
): FollowedFile<Row> => {
  const reader = createFileReader(path, parse);
  let isFirstLook = true;
  let mark: string | undefined;
  let believed: Seen<Row> | undefined;
  let changes: readonly Instant[] = [];
  let refusal: string | undefined;

  return {
    look: async () => {
      const look = await reader();
      const isOld = isFirstLook;
      isFirstLook = false;
      if (look === 'same') return 'same';
      if (!look.ok) {
        refusal = look.because;
        return { refused: look.because };
      }
      refusal = undefined;
      const { seq, epoch = '' } = look.value;
      const before = mark;
      mark = `${epoch} ${String(seq)}`;
      if (before === mark) return 'same';
      if (isOld) {
        const ageMs = ageOf(look.value);
        if (ageMs === undefined) return 'same';
        believed = { file: look.value, firstSeenAt: clock.now() - ageMs };
        return 'changed';
      }
      const firstSeenAt = clock.now();
      believed = { file: look.value, firstSeenAt };
      changes = [firstSeenAt, ...changes.slice(0, 1)];
      return 'changed';
    },
    believed: () => believed,
    changes: () => changes,
    refusal: () => refusal,
  };
};
