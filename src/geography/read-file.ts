import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** No file of places is larger; the City databases have 60 to 130 MB. */
const MOST_BYTES = 512 * 1024 * 1024;
const AT_ONCE = 4 * 1024 * 1024;

/** What tells one version of a file from another. */
export type Stamp = string;

/**
 * Reads a file into memory that threads share, unless it is the one that was read before.
 *
 * @returns its stamp, and no bytes where it is the same; throws what the system says, or why it is refused
 */
export const readFile = async (
  path: string,
  before: Stamp,
): Promise<{ readonly stamp: Stamp; readonly bytes?: SharedArrayBuffer }> => {
  // without O_NONBLOCK, opening a pipe would wait for somebody to write into it
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    const { size, mtimeMs, ino, dev } = stats;
    const stamp = `${dev} ${ino} ${size} ${mtimeMs}`;
    if (stamp === before) return { stamp };
    if (!stats.isFile()) throw new Error('it is no file');
    if (size > MOST_BYTES) throw new Error('it is larger than 512 MB');
    const bytes = new SharedArrayBuffer(size);
    const into = new Uint8Array(bytes);
    let read = 0;
    while (read < size) {
      const { bytesRead } = await file.read(into, read, Math.min(AT_ONCE, size - read), read);
      if (bytesRead === 0) throw new Error('it became shorter while it was read');
      read += bytesRead;
    }
    return { stamp, bytes };
  } finally {
    await file.close();
  }
};
