import { rmSync } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { ActionableError } from '../errors.ts';
import type { Write } from './outlet.ts';

/** Where merged lines end up. */
export interface Sink {
  readonly write: Write;
  /** Says that all is written. */
  readonly finish: () => Promise<void>;
  /** Takes back what was written in vain; a file is gone when the call returns. */
  readonly abandon: () => Promise<void>;
}

/** The reader of the output has gone: nothing more is wanted. */
export class ReaderGone extends Error {}

/** A stream, such as standard output. Rejects with `ReaderGone` once nobody reads it. */
export const streamSink = (stream: Writable): Sink => ({
  write: (bytes) =>
    new Promise<void>((resolve, reject) => {
      stream.write(bytes, (error) => {
        if (error === null || error === undefined) resolve();
        else reject((error as NodeJS.ErrnoException).code === 'EPIPE' ? new ReaderGone() : error);
      });
    }),
  finish: () => Promise.resolve(),
  abandon: () => Promise.resolve(),
});

/**
 * A file, which has its name only when all is written: until then what was there stays. Where there is something that is
 * no file, such as a device or a pipe, it is written to.
 */
export const fileSink = async (path: string): Promise<Sink> => {
  const there = await stat(path).catch(() => undefined);
  const isPlain = there?.isFile() ?? true;
  const draft = isPlain ? `${path}.${process.pid}.part` : path;
  const told = (error: unknown): never => {
    throw new ActionableError(
      `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
      'Name a file in a folder that you may write to, with room for all of the logs.',
    );
  };
  const handle = await open(draft, isPlain ? 'wx' : 'w', there?.mode).catch(told);
  return {
    write: async (bytes) => {
      for (let from = 0; from < bytes.length;) {
        const { bytesWritten } = await handle.write(bytes, from).catch(told);
        from += bytesWritten;
      }
    },
    finish: async () => {
      await handle.close().catch(told);
      if (isPlain) await rename(draft, path).catch(told);
    },
    abandon: async () => {
      if (isPlain) rmSync(draft, { force: true });
      await handle.close().catch(() => undefined); // what it could say does not count any more
    },
  };
};
