import type { Duplex } from 'node:stream';
import type { Passage } from './budget.ts';
import { LONGEST_HUSH_MS, writeMetered } from './metered.ts';

/**
 * Joins two sockets until either ends, is quiet for `idleMs`, or fails.
 *
 * @returns how many bytes came from the second one
 */
export const joinSockets = async (
  visitor: Duplex,
  secondary: Duplex,
  { passage, idleMs }: { readonly passage: Pick<Passage, 'take'>; readonly idleMs: number },
): Promise<number> => {
  let bytes = 0;
  const cut = (): void => {
    visitor.destroy();
    secondary.destroy();
  };
  const idle = setTimeout(cut, Math.max(idleMs, LONGEST_HUSH_MS));
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
    from.once('end', () => to.end());
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
