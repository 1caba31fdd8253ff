import type { Socket } from 'node:net';

/** The answers of one turn of the event loop, in the order in which they were made. */
export interface Turn {
  /** Sends it as soon as all that has arrived by now was read. */
  readonly post: (socket: Socket, out: string) => void;
  /** Sends at once whatever waits. */
  readonly flush: () => void;
}

/**
 * Keeps answers until the turn of the event loop has read everything that had arrived. Written one after the other they
 * wake the other side once; written each behind its own request they wake it again and again, which costs a busy door a
 * fifth of its time.
 *
 * @param send writes one answer
 */
export const createTurn = (send: (socket: Socket, out: string) => void): Turn => {
  const sockets: Socket[] = [];
  const outs: string[] = [];
  const flush = (): void => {
    // Whoever has a connection of his own is answered at once, and finds nothing here.
    if (sockets.length === 0) return;
    for (const [at, socket] of sockets.entries()) send(socket, outs[at] ?? '');
    sockets.length = 0;
    outs.length = 0;
  };
  return {
    post: (socket, out) => {
      if (sockets.push(socket) === 1) setImmediate(flush);
      outs.push(out);
    },
    flush,
  };
};
