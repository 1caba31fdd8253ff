import { once } from 'node:events';
import { createGunzip } from 'node:zlib';
import type { Reader } from './source.ts';

/**
 * Compressed bytes that are unpacked at a time: few of them where they become a thousand times as many, more of an
 * ordinary log, where each piece costs a trip to another thread. Were the one suddenly the other, that is 32 MiB once.
 */
const LEAST_PIECE = 4_096;
const MOST_PIECE = 32_768;
/** What a piece should become. */
const UNPACKED = 256 * 1_024;

/** The two bytes that every gzip file begins with. */
export const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * Unpacks what is read. It feeds zlib piece by piece and takes all that comes before it feeds more: so what a truncated
 * file still holds is not lost, as it would be in a pipeline that is torn down by the error.
 */
export const gunzipping = (packed: Reader): Reader => {
  const unzip = createGunzip({ chunkSize: 32 * 1_024 });
  const ready: Buffer[] = [];
  let failure: Error | undefined;
  let isOver = false;
  let first = 0;
  let size = LEAST_PIECE;
  let piece = Buffer.allocUnsafeSlow(size);
  let wake = (): void => undefined;
  unzip.on('data', (chunk: Buffer) => ready.push(chunk));
  unzip.on('end', () => {
    isOver = true;
    wake();
  });
  unzip.on('error', (error) => {
    failure = error;
    wake();
  });

  const feed = async (): Promise<void> => {
    if (piece.length < size) piece = Buffer.allocUnsafeSlow(size);
    const bytes = await packed.read(piece, 0, size);
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (bytes === 0) unzip.end();
      else unzip.write(piece.subarray(0, bytes), () => resolve());
    });
    const unpacked = ready.reduce((sum, { length }) => sum + length, 1);
    size = Math.round(Math.max(LEAST_PIECE, Math.min(MOST_PIECE, (bytes * UNPACKED) / unpacked)));
  };

  const next = async (): Promise<Buffer | undefined> => {
    for (;;) {
      const chunk = ready[0];
      if (chunk !== undefined) return chunk;
      if (failure !== undefined) throw failure;
      if (isOver) return undefined;
      await feed();
    }
  };

  return {
    read: async (into, at, most) => {
      const chunk = await next();
      if (chunk === undefined) return 0;
      const bytes = chunk.copy(into, at, first, first + most);
      first += bytes;
      if (first === chunk.length) {
        ready.shift();
        first = 0;
      }
      return bytes;
    },
    taken: packed.taken,
    isPacked: true,
    close: async () => {
      // what it holds in memory is given back then
      const closed = unzip.closed ? undefined : once(unzip, 'close');
      unzip.destroy();
      await closed;
      await packed.close();
    },
  };
};
