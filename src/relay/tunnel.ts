import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import { dispatched, failedBy, LEFT, type Journey, type Passed } from './freight.ts';
import { joinSockets } from './join-sockets.ts';

/** A WebSocket may be quiet for so many times as long as a request. */
const QUIETER = 10;

interface Mouth {
  /** what the handshake came on */
  readonly socket: Duplex;
  /** what came behind it already */
  readonly head: Buffer;
  /** WebSockets that are open, for whoever ends them */
  readonly tunnels: Set<Duplex>;
}

/** Carries a WebSocket over the socket that its handshake came on. */
export const tunnel = ({ socket, head, tunnels }: Mouth, journey: Journey): Promise<Passed> => {
  const { freight, pool, passage, onward, backward, idleMs } = journey;
  const { promise, resolve } = Promise.withResolvers<Passed>();
  let controller: Dispatcher.DispatchController | undefined;
  let isBegun = false;
  const leave = (): void => {
    controller?.abort(new Error('the visitor is gone'));
  };
  socket.once('close', leave);
  const done = (status: number, bytes: number): void => {
    socket.off('close', leave);
    resolve({ kind: 'done', status, bytes });
  };
  dispatched(
    pool,
    { path: freight.visit.target, method: 'GET', headers: [...onward], upgrade: 'websocket' },
    {
      onRequestStart: (given) => {
        controller = given;
        isBegun = true;
        if (socket.destroyed) leave();
      },
      // undici tells an upgrade by four things.
      // eslint-disable-next-line @typescript-eslint/max-params
      onRequestUpgrade: (_, status, answered, upstream) => {
        socket.off('close', leave);
        socket.write(headOfUpgrade(status, backward(answered)), 'latin1');
        if (head.length > 0) upstream.write(head);
        tunnels.add(socket);
        void joinSockets(socket, upstream, { passage, idleMs: idleMs * QUIETER }).then((bytes) => {
          tunnels.delete(socket);
          done(status, bytes);
        });
      },
      onResponseStart: (given, status, answered) => {
        // It does not want the WebSocket: that it says so is all that the visitor gets.
        if (status < 200) return;
        const { 'content-length': _, ...rest } = answered;
        socket.off('close', leave);
        socket.end(headOfUpgrade(status, [...backward(rest), 'content-length', '0']), 'latin1', () =>
          socket.destroy(),
        );
        done(status, 0);
        given.abort(new Error('no WebSocket'));
      },
      onResponseError: (_, error) => {
        socket.off('close', leave);
        resolve(
          socket.destroyed
            ? { kind: 'done', status: LEFT, bytes: 0 }
            : failedBy(error, { isBegun, isSafe: false }),
        );
      },
    },
  );
  return promise;
};

/** The head of an answer to a handshake; whatever is not 101 ends the connection. */
const headOfUpgrade = (status: number, headers: readonly string[]): string => {
  let head = `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}\r\n`;
  for (let at = 0; at + 1 < headers.length; at += 2)
    head += `${headers[at] ?? ''}: ${headers[at + 1] ?? ''}\r\n`;
  return status === 101
    ? `${head}connection: upgrade\r\nupgrade: websocket\r\n\r\n`
    : `${head}connection: close\r\n\r\n`;
};
