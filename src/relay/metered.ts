import type { Writable } from 'node:stream';
import { setTimeout as after } from 'node:timers/promises';
import type { Passage } from './budget.ts';

/** Longer than the budget keeps anybody waiting: so long a silence may be ours. */
export const LONGEST_HUSH_MS = 20_000;

/** A chunk in the portions that the budget makes of it, each when it may go through. */
export async function* portionsOf(
  chunk: Buffer,
  passage: Pick<Passage, 'take'>,
): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < chunk.length;) {
    const { bytes, waitMs } = passage.take(chunk.length - at);
    if (waitMs > 0) await after(waitMs, undefined, { ref: false });
    yield chunk.subarray(at, at + bytes);
    at += bytes;
  }
}

/** Writes a chunk as fast as the budget and the other side take it. `undefined`: all went at once, and more may come. */
export const writeMetered = (
  to: Writable,
  chunk: Buffer,
  passage: Pick<Passage, 'take'>,
): Promise<void> | undefined => {
  const { bytes, waitMs } = passage.take(chunk.length);
  if (bytes === chunk.length && waitMs === 0) return to.write(chunk) ? undefined : drained(to);
  return writeSlowly(to, chunk, { passage, first: bytes, waitMs });
};

interface Slowly {
  readonly passage: Pick<Passage, 'take'>;
  /** how many bytes of the chunk may go first, and when */
  readonly first: number;
  readonly waitMs: number;
}

const writeSlowly = async (
  to: Writable,
  chunk: Buffer,
  { passage, first, waitMs }: Slowly,
): Promise<void> => {
  if (waitMs > 0) await after(waitMs, undefined, { ref: false });
  if (isOver(to)) return;
  if (!to.write(chunk.subarray(0, first))) await drained(to);
  for await (const portion of portionsOf(chunk.subarray(first), passage)) {
    if (isOver(to)) return;
    if (!to.write(portion)) await drained(to);
  }
};

const isOver = (to: Writable): boolean => to.destroyed || to.writableEnded;

const drained = async (to: Writable): Promise<void> => {
  if (isOver(to)) return;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const done = (): void => {
    to.off('drain', done);
    to.off('close', done);
    resolve(undefined);
  };
  to.once('drain', done);
  to.once('close', done);
  await promise;
};
