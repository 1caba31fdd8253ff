import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { Readable, type Duplex } from 'node:stream';
import { setTimeout as after } from 'node:timers/promises';
import type { Dispatcher, Pool } from 'undici';
import type { RelaySettings, Settings } from '../config/settings.ts';
import type { Clock } from '../model/clock.ts';
import { unbracketed } from '../model/ip-literal.ts';
import { networkOf } from '../model/network.ts';
import type { Origin, Secondary } from '../model/secondary.ts';
import type { Visit } from '../model/visit.ts';
import { once } from '../once.ts';
import { createBudget, type Passage } from './budget.ts';
import { backward, onward } from './headers.ts';
import { homewardOf } from './homeward.ts';
import { createPace } from './pace.ts';
import { headOfUpgrade, joinSockets } from './tunnel.ts';

/** What of the settings carrying goes by. */
export type Carried = Pick<Settings, 'secondaries' | 'names' | 'threads'> & { readonly relay: RelaySettings };

/** One visit to be carried. */
export interface Freight {
  readonly request: IncomingMessage;
  readonly visit: Visit;
  readonly to: Secondary;
  /** scheme, host and port under which the visitor came */
  readonly own: Origin;
  /** value of a `Set-Cookie` header that he gets with the answer */
  readonly cookie: string | undefined;
}

/** How it went. But for `done`, nothing was sent to the visitor yet. */
export type Passed =
  | { readonly kind: 'done'; readonly status: number; readonly bytes: number }
  /** the budget is used up */
  | { readonly kind: 'full' }
  /** the secondary got nothing of it: another one may be asked */
  | { readonly kind: 'unreachable' }
  /** the secondary may have got it, and gave no answer that could be passed on; late: it was waited for in vain */
  | { readonly kind: 'unanswered'; readonly isLate: boolean };

/** Carries visits to secondaries and answers back, streamed, within a budget. */
export interface Relay {
  readonly carry: (response: ServerResponse, freight: Freight) => Promise<Passed>;
  /** Carries a WebSocket over the socket that its handshake came on. @param head what came behind the handshake */
  readonly tunnel: (socket: Duplex, head: Buffer, freight: Freight) => Promise<Passed>;
  readonly update: (settings: Carried) => void;
  /** Ends WebSockets, which would never end by themselves, and connections that stand by. */
  readonly stop: () => void;
}

const DEFAULT_PORT = /:(?:80|443)$/;
/** Longer than the pause of the usual web servers, a request would run into the end of a connection. */
const STANDBY_MS = 1000;
const MOST_HEAD_BYTES = 64 * 1024;
/** A WebSocket may be quiet for so many times as long as a request. */
const QUIETER = 10;

/** Nothing is loaded before the first visit that is carried. */
export const createRelay = (first: Carried, clock: Clock): Relay => {
  const load = once(() => import('undici'));
  let settings = first;
  let homeward = homewardOf(first.secondaries);
  const budget = createBudget(shareOf(first), clock);
  const pools = new Map<Origin, Pool>();
  const tunnels = new Set<Duplex>();

  const poolOf = async ({ at, address }: Secondary): Promise<Pool> => {
    const { Pool } = await load();
    const known = pools.get(at);
    if (known !== undefined) return known;
    const { connectMs, answerMs, idleMs } = settings.relay;
    const name = hostIn(address.kind === 'own' ? address.origin : at);
    const called = address.kind === 'own' ? name : (settings.names?.[0] ?? name);
    const made = new Pool(at, {
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: STANDBY_MS,
      keepAliveMaxTimeout: STANDBY_MS,
      maxHeaderSize: MOST_HEAD_BYTES,
      headersTimeout: answerMs,
      bodyTimeout: idleMs,
      connect: { timeout: connectMs, ...(isIP(called) === 0 ? { servername: called } : {}) },
    });
    pools.set(at, made);
    return made;
  };

  const headersOf = ({ request, visit, to, own, cookie }: Freight): string[] => {
    const forwardedHost = own.slice(own.indexOf('//') + 2);
    return onward(request.rawHeaders, {
      host: to.address.kind === 'own' ? hostOf(to.address.origin) : forwardedHost,
      visitor: visit.visitor(),
      scheme: visit.scheme,
      forwardedHost,
      cookie: cookie?.split(';', 1)[0],
    });
  };

  const answerHeaders = (
    answered: Parameters<typeof backward>[0],
    { visit, own, cookie }: Freight,
  ): string[] => {
    const headers = backward(answered, (location) => homeward(location, { host: visit.host, own }));
    if (cookie !== undefined) headers.push('set-cookie', cookie);
    return headers;
  };

  const dispatched = (
    pool: Pool,
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ) => {
    try {
      pool.dispatch(options, handler);
    } catch (error) {
      // A head that this side of the relay would not write.
      handler.onResponseError?.(undefined as never, error as Error);
    }
  };

  const carryBy = (
    pool: Pool,
    passage: Passage,
    { response, freight }: { readonly response: ServerResponse; readonly freight: Freight },
  ): Promise<Passed> => {
    const { promise, resolve } = Promise.withResolvers<Passed>();
    const { request, visit } = freight;
    let controller: Dispatcher.DispatchController | undefined;
    let isGone = false;
    let isUnderWay = false;
    let bytes = 0;

    const finish = (): void => {
      isGone = true;
      if (!response.writableFinished) controller?.abort(new Error('the visitor is gone'));
      resolve({ kind: 'done', status: response.statusCode, bytes });
    };
    response.once('close', finish);
    const { idleMs, answerMs } = settings.relay;
    response.setTimeout(Math.max(idleMs, answerMs + 1000), () => response.destroy());

    const fail = (error: Error): void => {
      response.off('close', finish);
      if (response.headersSent || isGone) {
        response.destroy();
        resolve({ kind: 'done', status: response.statusCode, bytes });
        return;
      }
      response.setTimeout(0);
      resolve(isUnderWay ? unansweredBy(error) : { kind: 'unreachable' });
    };

    const begun = (): void => {
      if (request.headers.expect !== undefined) response.writeContinue();
    };

    const tooSlow = (): void => {
      response.destroy();
    };

    dispatched(
      pool,
      {
        path: visit.target,
        method: visit.method,
        headers: headersOf(freight),
        body: hasBody(request)
          ? Readable.from(paced(request, { passage, clock, begun, tooSlow }), { objectMode: false })
          : null,
      },
      {
        onRequestStart: (given) => {
          controller = given;
          isUnderWay = true;
          if (isGone) given.abort(new Error('the visitor is gone'));
        },
        onResponseStart: (_, status, answered) => {
          if (status < 200) return;
          response.writeHead(status, answerHeaders(answered, freight));
        },
        onResponseData: (given, chunk) => {
          bytes += chunk.length;
          const isTaken = response.write(chunk);
          const waitMs = passage.spend(chunk.length);
          if (isTaken && waitMs === 0) return;
          given.pause();
          void after(waitMs).then(() => {
            if (response.writableNeedDrain) response.once('drain', given.resume.bind(given));
            else given.resume();
          });
        },
        onResponseEnd: () => {
          response.end();
        },
        onResponseError: (_, error) => {
          fail(error);
        },
      },
    );
    return promise;
  };

  const tunnelBy = (
    pool: Pool,
    passage: Passage,
    { socket, head, freight }: { readonly socket: Duplex; readonly head: Buffer; readonly freight: Freight },
  ): Promise<Passed> => {
    const { promise, resolve } = Promise.withResolvers<Passed>();
    let controller: Dispatcher.DispatchController | undefined;
    let isUnderWay = false;
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
      {
        path: freight.visit.target,
        method: 'GET',
        headers: headersOf(freight),
        upgrade: 'websocket',
      },
      {
        onRequestStart: (given) => {
          controller = given;
          isUnderWay = true;
          if (socket.destroyed) leave();
        },
        // undici tells an upgrade by four things.
        // eslint-disable-next-line @typescript-eslint/max-params
        onRequestUpgrade: (_, status, answered, upstream) => {
          socket.off('close', leave);
          socket.write(headOfUpgrade(status, answerHeaders(answered, freight)), 'latin1');
          if (head.length > 0) upstream.write(head);
          tunnels.add(socket);
          void joinSockets(socket, upstream, { passage, idleMs: settings.relay.idleMs * QUIETER }).then(
            (bytes) => {
              tunnels.delete(socket);
              done(status, bytes);
            },
          );
        },
        onResponseStart: (given, status, answered) => {
          // It does not want the WebSocket: that it says so is all that the visitor gets.
          if (status < 200) return;
          const { 'content-length': _, ...rest } = answered;
          socket.off('close', leave);
          socket.end(
            headOfUpgrade(status, [...answerHeaders(rest, freight), 'content-length', '0']),
            'latin1',
            () => socket.destroy(),
          );
          done(status, 0);
          given.abort(new Error('no WebSocket'));
        },
        onResponseError: (_, error) => {
          socket.off('close', leave);
          if (socket.destroyed) resolve({ kind: 'done', status: 0, bytes: 0 });
          else resolve(isUnderWay ? unansweredBy(error) : { kind: 'unreachable' });
        },
      },
    );
    return promise;
  };

  const within = async (
    freight: Freight,
    pass: (pool: Pool, passage: Passage) => Promise<Passed>,
  ): Promise<Passed> => {
    const passage = budget.begin(networkOf(freight.visit.visitor()));
    if (passage === undefined) return { kind: 'full' };
    try {
      return await pass(await poolOf(freight.to), passage);
    } finally {
      passage.end();
    }
  };

  return {
    carry: (response, freight) =>
      within(freight, (pool, passage) => carryBy(pool, passage, { response, freight })),
    tunnel: (socket, head, freight) =>
      within(freight, (pool, passage) => tunnelBy(pool, passage, { socket, head, freight })),
    update: (next) => {
      settings = next;
      homeward = homewardOf(next.secondaries);
      budget.limit(shareOf(next));
      // Those under way go on; timeouts and names of the new settings count for whoever comes now.
      for (const pool of pools.values()) void pool.close();
      pools.clear();
    },
    stop: () => {
      for (const socket of tunnels) socket.destroy();
      for (const pool of pools.values()) void pool.close();
      pools.clear();
    },
  };
};

/** Each door thread has its share of the budget. */
const shareOf = ({ relay, threads }: Carried) => ({
  connections: Math.ceil(relay.connections / threads),
  bytesPerHour: relay.bytesPerHour / threads,
});

const hostOf = (origin: Origin): string => origin.slice(origin.indexOf('//') + 2).replace(DEFAULT_PORT, '');

const hostIn = (origin: Origin): string => unbracketed(new URL(origin).hostname);

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined ||
  (headers['content-length'] !== undefined && headers['content-length'] !== '0');

interface Pacing {
  readonly passage: Passage;
  readonly clock: Pick<Clock, 'now'>;
  readonly begun: () => void;
  readonly tooSlow: () => void;
}

/** A request's body, as fast as the budget lets it through; asked for when the secondary is there to take it. */
async function* paced(
  request: IncomingMessage,
  { passage, clock, begun, tooSlow }: Pacing,
): AsyncGenerator<Buffer, void, undefined> {
  begun();
  const keepsUp = createPace();
  let since = clock.now();
  // A secondary that answers before it has read everything must not cost the visitor his connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    if (!keepsUp(chunk.length, clock.now() - since)) {
      tooSlow();
      // An end would say that this was the whole of it.
      throw new Error('the body comes too slowly');
    }
    yield chunk;
    const waitMs = passage.spend(chunk.length);
    if (waitMs > 0) await after(waitMs);
    since = clock.now();
  }
}

const unansweredBy = ({ code }: Error & { readonly code?: string }): Passed => ({
  kind: 'unanswered',
  isLate: code === 'UND_ERR_HEADERS_TIMEOUT',
});
