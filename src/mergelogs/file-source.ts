import { open, type FileHandle } from 'node:fs/promises';
import { gunzipping, isGzip } from './gunzip.ts';
import type { Reader, Source } from './source.ts';
import { readerOf } from './stream-source.ts';

/** A log file, plain or gzip; a named pipe too. */
export const fileSource = (path: string, name: string = path): Source => ({
  name,
  open: async () => {
    const handle = await open(path);
    try {
      return await begin(handle);
    } catch (error) {
      await handle.close();
      throw error;
    }
  },
});

const begin = async (handle: FileHandle): Promise<Reader> => {
  const stat = await handle.stat();
  if (stat.isDirectory()) throw new Error('it is a folder');
  if (!stat.isFile()) return readerOf(handle.createReadStream({ autoClose: true }));
  const start = Buffer.alloc(2);
  await handle.read(start, 0, 2, 0);
  const reader = plain(handle);
  return isGzip(start) ? gunzipping(reader) : reader;
};

const plain = (handle: FileHandle): Reader => {
  let position = 0;
  return {
    read: async (into, at, most) => {
      const { bytesRead } = await handle.read(into, at, most, position);
      position += bytesRead;
      return bytesRead;
    },
    taken: () => position,
    close: () => handle.close(),
  };
};
