import type { Duplex } from 'node:stream';
import type { Passage } from './budget.ts';
import { LONGEST_HUSH_MS, writeMetered } from './metered.ts';

interface Joint {
  readonly passage: Pick<Passage, 'take'>;
  readonly idleMs: number;
  /** nothing is said for so long after one has ended */
  readonly lastWordsMs?: number;
}

/**
 * Joins two sockets until both have ended, nothing is said for `idleMs`, or either fails. Whoever goes on listening to one
 * that has ended has a moment to say his last words: many a server would never end.
 *
 * @returns how many bytes came from the second one
 */
export const joinSockets = async (
  visitor: Duplex,
  secondary: Duplex,
  { passage, idleMs, lastWordsMs = LONGEST_HUSH_MS }: Joint,
): Promise<number> => {
  let bytes = 0;
  const cut = (): void => {
    visitor.destroy();
    secondary.destroy();
  };
  let idle = setTimeout(cut, Math.max(idleMs, LONGEST_HUSH_MS));
  const pass = (from: Duplex, to: Duplex): Promise<undefined> => {
    from.on('data', (chunk: Buffer) => {
      idle.refresh();
      if (from === secondary) bytes += chunk.length;
      const writing = writeMetered(to, chunk, passage);
      if (writing === undefined) return;
      from.pause();
      void writing.then(() => {
        from.resume();
      });
    });
    from.on('error', cut);
    // What was said before the end still arrives.
    const ended = (): void => {
      to.end();
      clearTimeout(idle);
      idle = setTimeout(cut, lastWordsMs);
    };
    if (from.readableEnded) ended();
    else from.once('end', ended);
    // A reset says `error` before it closes: `once` of node:events would reject for it, and nobody would hear.
    const { promise, resolve } = Promise.withResolvers<undefined>();
    from.once('close', () => {
      if (to.writableFinished) to.destroy();
      else to.end(() => to.destroy());
      resolve(undefined);
    });
    return promise;
  };
  await Promise.all([pass(visitor, secondary), pass(secondary, visitor)]);
  clearTimeout(idle);
  return bytes;
};
