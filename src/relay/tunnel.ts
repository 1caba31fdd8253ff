import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Passage } from './budget.ts';

/** The head of an answer to a handshake; whatever is not 101 ends the connection. */
export const headOfUpgrade = (status: number, headers: readonly string[]): string => {
  let head = `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}\r\n`;
  for (let at = 0; at + 1 < headers.length; at += 2)
    head += `${headers[at] ?? ''}: ${headers[at + 1] ?? ''}\r\n`;
  return status === 101
    ? `${head}connection: upgrade\r\nupgrade: websocket\r\n\r\n`
    : `${head}connection: close\r\n\r\n`;
};

/**
 * Joins two sockets until either ends, is quiet for `idleMs`, or fails.
 *
 * @returns how many bytes came from the second one
 */
export const joinSockets = async (
  visitor: Duplex,
  secondary: Duplex,
  { passage, idleMs }: { readonly passage: Passage; readonly idleMs: number },
): Promise<number> => {
  let bytes = 0;
  const cut = (): void => {
    visitor.destroy();
    secondary.destroy();
  };
  const idle = setTimeout(cut, idleMs);
  const pass = (from: Duplex, to: Duplex): Promise<undefined> => {
    from.on('data', (chunk: Buffer) => {
      idle.refresh();
      if (from === secondary) bytes += chunk.length;
      const isTaken = to.write(chunk);
      const waitMs = passage.spend(chunk.length);
      if (isTaken && waitMs === 0) return;
      from.pause();
      setTimeout(() => {
        if (to.writableNeedDrain) to.once('drain', () => from.resume());
        else from.resume();
      }, waitMs);
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
