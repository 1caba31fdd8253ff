import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The answers that are still on their way over each connection: Node reads on while they are, and sends them in turn. */
export interface Owed {
  /** A request came over the connection, and this is what answers it. */
  readonly note: (socket: Socket, response: ServerResponse) => void;
  /** Goes on once every request that came whole over the connection has its answer; at once where none is owed. */
  readonly settled: (socket: Socket, goOn: () => void) => void;
  /** An answer has begun and is not at its end: nothing else may be written. */
  readonly hasBegun: (socket: Socket) => boolean;
  /** Each answer that has not begun will be the last of its connection, and say so. */
  readonly last: () => void;
}

/** Begins to note them. */
export const createOwed = (): Owed => {
  const known = new WeakMap<Socket, Set<ServerResponse>>();
  const open = new Set<ServerResponse>();
  /** in the order in which they are owed */
  const openOf = (socket: Socket): readonly ServerResponse[] => [...(known.get(socket) ?? [])];
  return {
    note: (socket, response) => {
      const owed = known.get(socket) ?? new Set();
      owed.add(response);
      known.set(socket, owed);
      open.add(response);
      response.once('close', () => {
        owed.delete(response);
        open.delete(response);
      });
    },
    settled: (socket, goOn) => {
      // A request that is not whole is the one that goes wrong: nobody waits for its answer.
      const last = openOf(socket).findLast(({ req }) => req.complete);
      if (last === undefined) goOn();
      else last.once('close', goOn);
    },
    hasBegun: (socket) => openOf(socket)[0]?.headersSent === true,
    last: () => {
      for (const response of open) response.shouldKeepAlive = false;
    },
  };
};
