import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ActionableError } from '../errors.ts';

/** Where a sample secondary listens. */
export interface Place {
  readonly name: string;
  /** 0 takes any that is free */
  readonly port: number;
  /** absent: every address of the machine */
  readonly host?: string;
}

/** A server that listens, can be gone for a while as if it were killed, and comes back. */
export interface Listening {
  readonly port: number;
  /** Cuts every connection and listens no more; comes back to the same port after that time. */
  readonly leaveFor: (ms: number) => void;
  readonly stop: () => Promise<void>;
}

/** How soon it tries again where its port was taken meanwhile. */
const AGAIN_MS = 500;

const LISTEN_FAILURES: Partial<Readonly<Record<string, string>>> = {
  EADDRINUSE: 'another program listens there',
  EACCES: 'this user may not listen there',
};

/** Resolves with the port it listens on. */
const listen = (server: Server, { name, port, host }: Place): Promise<number> =>
  new Promise((resolve, reject) => {
    const fail = ({ code = '', message }: NodeJS.ErrnoException): void => {
      reject(
        new ActionableError(
          `The sample secondary ${name} cannot listen on port ${port}: ${LISTEN_FAILURES[code] ?? message}.`,
          'End that program, or list web servers of your own in an usher.json (usher init writes one).',
        ),
      );
    };
    server.once('error', fail);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', fail);
      resolve((server.address() as AddressInfo).port);
    });
  });

/**
 * Has a server listen.
 *
 * @throws {ActionableError} where it cannot listen on the port
 */
export const keepListening = async (server: Server, place: Place): Promise<Listening> => {
  const port = await listen(server, place);
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });

  const comeBack = (): void => {
    listen(server, { ...place, port }).then(
      () => (isStopped ? close() : undefined),
      () => {
        if (!isStopped) timer = setTimeout(comeBack, AGAIN_MS);
      },
    );
  };

  return {
    port,
    leaveFor: (ms) => {
      if (isStopped || !server.listening) return;
      void close();
      timer = setTimeout(comeBack, ms);
    },
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      if (server.listening) await close();
    },
  };
};
