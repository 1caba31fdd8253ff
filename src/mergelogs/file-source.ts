import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { gunzipping, isGzip } from './gunzip.ts';
import type { Reader, Source } from './source.ts';
import { readerOf } from './stream-source.ts';

/** A log file, plain or gzip; a named pipe too. */
export const fileSource = (path: string, name: string = path): Source => ({
  name,
  isLasting: async () => statSync(path).isFile(),
  open: async () => {
    const about = statSync(path);
    if (about.isDirectory()) throw new Error('it is a folder');
    if (!about.isFile()) {
      const handle = await open(path);
      return readerOf(handle.createReadStream({ autoClose: true }));
    }
    const fd = openSync(path, 'r');
    const reader = plainReader(fd, () => {
      closeSync(fd);
    });
    const start = Buffer.allocUnsafe(2).fill(0);
    try {
      readSync(fd, start, 0, 2, 0);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    return isGzip(start) ? gunzipping(reader) : reader;
  },
});

/** Reads after which others have their turn: a signal, an answer of a name server. */
const READS_A_TURN = 16;

let reads = 0;

/**
 * Reads a file as it is, from its beginning. Without a trip to another thread for each piece: with thousands of files
 * those cost more time and memory than the reading.
 */
export const plainReader = (fd: number, close: () => void): Reader => {
  let position = 0;
  return {
    read: async (into, at, most) => {
      reads += 1;
      if (reads % READS_A_TURN === 0) await turn();
      const bytes = readSync(fd, into, at, most, position);
      position += bytes;
      return bytes;
    },
    taken: () => position,
    close: async () => {
      close();
    },
  };
};
