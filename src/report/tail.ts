import { open } from 'node:fs/promises';
import { createLines } from './lines.ts';

/** An open file of which what is appended is read. */
export interface Tail {
  /** Reads on, up to 256 KiB, and gives whole lines; starts at the beginning where the file was cut. */
  readonly read: () => Promise<readonly string[]>;
  /** Tells one file from another that gets its name. */
  readonly identity: string;
  readonly close: () => Promise<void>;
}

/** Opens a file: at its end, or at its beginning. Rejects where that cannot be. */
export const openTail = async (path: string, where: 'end' | 'beginning'): Promise<Tail> => {
  const handle = await open(path);
  try {
    const { size, dev, ino } = await handle.stat();
    const buffer = Buffer.allocUnsafe(256 * 1_024);
    const lines = createLines();
    let position = where === 'end' ? size : 0;
    return {
      identity: `${dev}:${ino}`,
      read: async () => {
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
        position += bytesRead;
        if (bytesRead > 0) return lines.take(buffer.subarray(0, bytesRead));
        if ((await handle.stat()).size < position) {
          position = 0;
          lines.clear();
        }
        return [];
      },
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
};
