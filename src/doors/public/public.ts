import type { IncomingMessage, RequestListener, Server, ServerOptions } from 'node:http';
import net, { type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Listen } from '../../config/settings.ts';
import { rememberingDate } from '../../dispatch/send.ts';
import type { Journal } from '../../journal.ts';
import { http } from '../../node-http.ts';
import { peerAt } from './arrival-of.ts';
import { answering, type Response } from './answering.ts';
import { readCertificate, renewCertificate, type Renewal } from './certificate.ts';
import { openFastLane, type FastLane } from './fast-lane.ts';
import { keepHandshakes, type Handshakes } from './handshakes.ts';
import { DOOR_LIMITS, LAST_CHANCE_MS, sweepMsOf, type DoorLimits } from './limits.ts';
import { listenError } from '../listen-errors.ts';
import { createOwed, type Owed } from './owed.ts';
import type { Service } from './service.ts';
import { shareOut, type Shared } from './share-out.ts';
import { needsConnection, upgrading, type Upgrade } from './upgrade.ts';

export interface PublicDoor {
  /** the addresses in use, `port` 0 replaced by the real one */
  readonly ports: readonly number[];
  /** Looks whether the certificates were renewed. */
  readonly renew: () => void;
  /** Takes no new connections, lets the open requests finish; cuts them after `graceMs`. */
  readonly stop: (graceMs: number) => Promise<void>;
}

export interface PublicDoorOptions {
  readonly listen: readonly Listen[];
  /** answer plain heads straight off the socket; without, everything goes through Node's HTTP */
  readonly fastLane: boolean;
  /** several threads share the port */
  readonly reusePort: boolean;
  readonly service: () => Service;
  readonly wall: () => number;
  /** connections that were turned away because there were too many */
  readonly dropped: () => void;
  /** what came was no HTTP, and was answered by this status */
  readonly refused: (status: string) => void;
  readonly journal: Journal;
  /** of TLS, 48 bytes; absent: the listener's own */
  readonly ticketKeys?: Buffer;
  readonly limits?: DoorLimits;
  /** absent: nobody else has connections open in this process */
  readonly shared?: Shared;
}

const MOST_HEADERS = 200;

/** What Node keeps to. Cookies of every port of the host arrive here, hence the room for headers. */
const httpOptions = (limits: DoorLimits): ServerOptions => ({
  headersTimeout: limits.headMs,
  requestTimeout: limits.requestMs,
  connectionsCheckingInterval: limits.headMs / 5,
  keepAliveTimeout: limits.idleMs,
  keepAliveTimeoutBuffer: sweepMsOf(limits),
  maxHeaderSize: 32 * 1024,
  requireHostHeader: false,
  shouldUpgradeCallback: needsConnection,
  noDelay: true,
});

/** Opens the listeners of the public door in this thread. */
export const openPublicDoor = async (options: PublicDoorOptions): Promise<PublicDoor> => {
  const { service, wall, shared, limits = DOOR_LIMITS } = options;
  const dated = rememberingDate(wall);
  const ending = new WeakSet<Socket>();
  const carried = new WeakSet<Socket>();
  let isClosing = false;
  const answer = answering(service, dated, {
    ...{ isClosing: () => isClosing, ending, carried },
    mostRequests: limits.mostRequests,
  });
  const owed = createOwed();
  const listener = (request: IncomingMessage, response: Response): void => {
    owed.note(request.socket, response);
    answer(request, response, () => {
      service().site(request, response);
    });
  };
  /** sockets that Node's HTTP has let go of: it neither limits their time nor ends them */
  const detached = new Set<Socket>();
  const detach = ({ socket }: IncomingMessage, stream: Duplex): void => {
    detached.add(socket);
    socket.once('close', () => detached.delete(socket));
    socket.on('error', () => socket.destroy());
    // Where a body is still to come it is another one, which fails with its socket.
    stream.on('error', () => stream.destroy());
  };
  const takeOver = upgrading(listener);
  const upgrade: Upgrade = (request, stream, head) => {
    detach(request, stream);
    owed.settled(request.socket, () => {
      takeOver(request, stream, head);
    });
  };
  const connect = (request: IncomingMessage, stream: Duplex): void => {
    const { socket } = request;
    detach(request, stream);
    owed.settled(socket, () => {
      socket.end(bareHead('400 Bad Request'), () => socket.destroy());
    });
  };
  const servers: Server[] = [];
  const lanes: FastLane[] = [];
  const handshakes: Handshakes[] = [];
  const renewals: Renewal[] = [];
  /** Ends what goes on by itself. */
  const rest = (): void => {
    for (const renewal of renewals) renewal.stop();
    for (const lane of lanes) lane.stop();
  };
  let share: (() => Promise<void>) | undefined;
  try {
    for (const listen of options.listen) {
      const { server, renewal } =
        listen.tls === undefined
          ? { server: makePlain(options, limits) }
          : await makeSecure(listen.tls, options, limits);
      if (renewal !== undefined) renewals.push(renewal);
      arm(server, {
        ...{ listener, upgrade, connect, ending, owed, carried, detached, limits },
        dropped: options.dropped,
        refused: (status, socket) => {
          options.refused(status);
          service().unread?.(peerAt(socket), Number(status));
        },
      });
      if (listen.tls !== undefined) handshakes.push(keepHandshakes(server));
      else if (options.fastLane) lanes.push(openFastLane(server, { service, dated, limits }));
      servers.push(server);
    }
    if (shared !== undefined) share = shareOut(servers, shared, limits.mostConnections);
    await share?.();
    for (const [at, listen] of options.listen.entries()) {
      const server = servers[at];
      if (server !== undefined) await open(server, listen, options);
    }
  } catch (error) {
    for (const each of [...lanes, ...handshakes]) each.cut();
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
    rest();
    throw error;
  }
  const again = share;
  const sharing = again && setInterval(() => void again(), sweepMsOf(limits)).unref();
  return {
    ports: servers.map(portOf),
    renew: () => {
      for (const renewal of renewals) void renewal.look();
    },
    stop: async (graceMs) => {
      clearInterval(sharing);
      isClosing = true;
      owed.last();
      const closed = servers.map((server) => close(server, graceMs));
      for (const each of [...lanes, ...handshakes]) each.endSoon();
      const cut = setTimeout(() => {
        for (const each of [...lanes, ...handshakes]) each.cut();
        for (const socket of detached) socket.destroy();
      }, graceMs);
      await Promise.all(closed);
      clearTimeout(cut);
      rest();
    },
  };
};

/** The fast lane sets `noDelay` by itself, where it matters. */
const makePlain = ({ fastLane }: Pick<PublicDoorOptions, 'fastLane'>, limits: DoorLimits): Server =>
  http.createServer({ ...httpOptions(limits), noDelay: !fastLane });

/** A listener behind TLS, and who renews its certificate. */
const makeSecure = async (
  tls: NonNullable<Listen['tls']>,
  { journal, ticketKeys }: Pick<PublicDoorOptions, 'journal' | 'ticketKeys'>,
  limits: DoorLimits,
): Promise<{ readonly server: Server; readonly renewal: Renewal }> => {
  const first = await readCertificate(tls);
  const { createServer } = await import('node:https');
  // By itself Node names sessions for the thread's own command line, and no thread would know another's.
  const sessions = { sessionIdContext: 'usher', ...(ticketKeys === undefined ? {} : { ticketKeys }) };
  const within = { ...httpOptions(limits), handshakeTimeout: limits.headMs };
  const server = createServer({ ...within, ...first, ...sessions });
  return { server, renewal: renewCertificate(server, tls, { first, sessions, journal }) };
};

interface Armament {
  readonly listener: RequestListener;
  readonly upgrade: Upgrade;
  readonly connect: (request: IncomingMessage, stream: Duplex) => void;
  readonly ending: WeakSet<Socket>;
  readonly owed: Owed;
  readonly carried: WeakSet<Socket>;
  readonly detached: ReadonlySet<Socket>;
  readonly limits: DoorLimits;
  readonly dropped: () => void;
  readonly refused: (status: string, socket: Socket) => void;
}

/** Everything that may come over a connection ends at the listener or in a plain refusal. */
const arm = (server: Server, armament: Armament): void => {
  const { listener, upgrade, connect, ending, owed, carried, detached, limits } = armament;
  const { dropped, refused } = armament;
  /** who will be refused as soon as his earlier requests are answered */
  const waiting = new WeakSet<Socket>();
  const refuse = (error: NodeJS.ErrnoException, socket: Socket): void => {
    waiting.delete(socket);
    // What comes after a last answer, a body that nobody reads or a next request, must not get a second one.
    if (ending.has(socket) || owed.hasBegun(socket)) socket.destroySoon();
    else if (!socket.writable) socket.destroy();
    else {
      const status = STATUS_OF[error.code ?? ''] ?? '400 Bad Request';
      refused(status.slice(0, 3), socket);
      socket.end(bareHead(status));
    }
  };
  server.maxHeadersCount = MOST_HEADERS;
  // Whoever has said all he wants to say still gets his answer, one that takes a moment too.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.maxConnections = limits.mostConnections;
  server.maxRequestsPerSocket = limits.mostRequests;
  server.on('request', listener);
  // A 307 answers the question whether to send the body; 100 Continue would ask for a body that nobody reads.
  server.on('checkContinue', listener);
  server.on('checkExpectation', listener);
  server.on('upgrade', upgrade);
  server.on('connect', connect);
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // What is carried may be large: it ends when nothing is said any more.
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && carried.has(socket) && !ending.has(socket)) return;
    // Before the handshake is done nothing can be said, not even goodbye.
    if (error.code === 'ECONNRESET' || error.code === 'ERR_TLS_HANDSHAKE_TIMEOUT') socket.destroy();
    if (socket.destroyed || waiting.has(socket)) return;
    waiting.add(socket);
    owed.settled(socket, () => {
      refuse(error, socket);
    });
  });
  // Whoever does not read his answers keeps them in memory, and sends nothing that another limit would meet.
  server.setTimeout(limits.stillMs, (socket) => {
    if (!carried.has(socket) && !detached.has(socket)) socket.destroy();
  });
  // His last answer said so. Each further one would be refused by an answer of its own, for as long as he goes on.
  server.on('dropRequest', (_request: IncomingMessage, socket: Socket) => socket.pause());
  server.on('drop', dropped);
};

const STATUS_OF: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

const bareHead = (status: string): string =>
  `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;

const open = async (
  server: Server,
  { host, port, fd }: Listen,
  { reusePort }: Pick<PublicDoorOptions, 'reusePort'>,
): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const fail = (error: Error): void => {
    reject(listenError(error, `${host ?? '*'}:${String(port)}`, port));
  };
  server.once('error', fail);
  const where = fd === undefined ? { port, reusePort, ...(host === undefined ? {} : { host }) } : { fd };
  server.listen(where, () => {
    server.off('error', fail);
    resolve(undefined);
  });
  await promise;
};

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** Lets what is open finish, and gives connections that wait a moment for a request that is on its way. */
const close = async (server: Server, graceMs: number): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  // Whose answer began before has the same moment behind it: it did not say that it is the last.
  server.keepAliveTimeout = LAST_CHANCE_MS;
  server.keepAliveTimeoutBuffer = 0;
  // HTTP's own close would cut those that wait at once.
  net.Server.prototype.close.call(server, () => {
    resolve(undefined);
  });
  const farewell = setTimeout(
    () => {
      server.close();
    },
    Math.min(graceMs, LAST_CHANCE_MS),
  );
  const cut = setTimeout(() => {
    server.closeAllConnections();
  }, graceMs);
  await promise;
  clearTimeout(farewell);
  clearTimeout(cut);
  server.close();
};
