import type { Readable } from 'node:stream';
import { gunzipping, isGzip } from './gunzip.ts';
import type { Reader, Source } from './source.ts';

/** A log that comes through a stream, such as standard input; plain or gzip. */
export const streamSource = (name: string, stream: Readable): Source => ({
  name,
  isLasting: () => Promise.resolve(false),
  open: () => readerOf(stream),
});

/** Reads a stream; unpacks it if its first two bytes say that it is compressed. */
export const readerOf = async (stream: Readable): Promise<Reader> => {
  const chunks = stream.iterator({ destroyOnReturn: true }) as AsyncIterator<Buffer>;
  let here: Buffer = Buffer.alloc(0);
  let taken = 0;
  const more = async (): Promise<Buffer> => {
    const next = await chunks.next();
    return next.done === true ? Buffer.alloc(0) : next.value;
  };
  while (here.length < 2) {
    const chunk = await more();
    if (chunk.length === 0) break;
    here = Buffer.concat([here, chunk]);
  }
  const plain: Reader = {
    read: async (into, at, most) => {
      if (here.length === 0) here = await more();
      const bytes = here.copy(into, at, 0, most);
      here = here.subarray(bytes);
      taken += bytes;
      return bytes;
    },
    taken: () => taken,
    close: async () => {
      await chunks.return?.();
      stream.destroy();
    },
  };
  return isGzip(here) ? gunzipping(plain) : plain;
};
