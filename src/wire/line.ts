import type { LookupFunction, Socket } from 'node:net';
import type { Client, Dispatcher } from 'undici';
import { dial } from './dial.ts';
import { placeOf } from './place.ts';
import type { HttpQuestion } from './wire.ts';

/** The longest head: interim answers, status line and headers. */
export const MOST_HEAD_BYTES = 32_768;

/** How long a line waits for the question that was to follow. */
const WAITS_MS = 500;

/** Why a connection is closed whose question is settled; nobody hears it. */
const OVER = new Error('the question is settled');

/** As a socket that was closed meanwhile is told. */
const GONE = Object.assign(new Error('the connection was closed before the question'), {
  code: 'ECONNRESET',
});

/** A question as it goes out: its listener hears the answer, the rest hears of the connection. */
export interface Asking {
  readonly request: Dispatcher.DispatchOptions;
  readonly listener: Dispatcher.DispatchHandler;
  readonly connected: () => void;
  readonly broken: (error: Error) => void;
  /** so many bytes of the answer have come, parsed already */
  readonly came: (bytes: number) => void;
}

/** One connection for one question, or for a second one that follows at once. Connects with the first. */
export interface Line {
  /** one question after the other */
  readonly put: (asking: Asking) => void;
  /** whether another question can go this way */
  readonly isOpen: () => boolean;
  readonly close: () => void;
  /** Calls this when its connection has closed, whoever did it. */
  readonly whenClosed: (then: () => void) => void;
}

/** Where a line leads: two questions for which this is the same may share one. */
export const lineTo = ({ at, family, serverName, certificate }: HttpQuestion): string =>
  `${at} ${family ?? 'any'} ${serverName ?? ''} ${certificate ?? ''}`;

/** A line that is not connected yet. */
export const openLine = (
  { at, family = 'any', serverName, certificate }: HttpQuestion,
  { lookup, make }: { readonly lookup: LookupFunction; readonly make: typeof Client },
): Line => {
  let asking: Asking | undefined;
  let socket: Socket | undefined;
  let readBefore = 0;

  const client = new make(at, {
    pipelining: 1,
    keepAliveTimeout: WAITS_MS,
    keepAliveMaxTimeout: WAITS_MS,
    allowH2: false,
    // `came` comes first. Past its own limit undici makes an error for every further header of what it has just
    // read, and ten thousand of them hold this thread for a second.
    maxHeaderSize: 16 * MOST_HEAD_BYTES,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (_, done) => {
      if (socket !== undefined) {
        // The second question goes over this connection or not at all: who asks sees to another.
        done(GONE, null);
        return;
      }
      const { scheme, host, port } = placeOf(at);
      const secure =
        scheme === 'https'
          ? { secureFor: serverName ?? host, trusted: certificate ?? ('known' as const) }
          : {};
      socket = dial({ host, port, family, ...secure }, lookup, (error, connected) => {
        if (error !== null) {
          done(error, null);
          return;
        }
        asking?.connected();
        // before undici's own listener, which takes a reset for the end of a body of untold length
        connected.on('error', (late) => asking?.broken(late));
        done(null, connected);
        // after undici's own listener: what came is parsed by then
        connected.on('readable', () => asking?.came(connected.bytesRead - readBefore));
      });
    },
  });

  return {
    put: (next) => {
      asking = next;
      readBefore = socket?.bytesRead ?? 0;
      client.dispatch(next.request, next.listener);
    },
    isOpen: () => socket?.destroyed === false && !socket.readableEnded,
    whenClosed: (then) => void socket?.once('close', then),
    close: () => {
      // This order, and an error of ours: else undici makes two for every question, each with a stack.
      void client.destroy(OVER);
      socket?.destroy();
    },
  };
};
