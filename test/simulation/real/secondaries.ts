import { once } from 'node:events';
import { createServer as createHttp, type Server as Http, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFarm } from '../farm.ts';

/** How long a secondary keeps a session after its last answer, in seconds: as the reporter of the program does. */
const SESSION_TIMEOUT = 30;

export interface SecondariesOptions {
  readonly speeds: readonly number[];
  readonly sessionCount: number;
  /** the size of what this session asks for now, in seconds at speed 1 */
  readonly sizeOf: (session: number) => number;
}

/** Real web servers on loopback. */
export interface Secondaries {
  readonly ports: readonly number[];
  readonly close: () => void;
}

/**
 * Starts web servers of limited capacity: each serves all its requests at once, each with an equal part of its speed, and
 * answers when that work is done. It waits instead of computing, so that eight of them fit onto one machine. They are
 * asked `/SESSION`, tell their load at `/load.json`, and anything else shows that they are there.
 */
export const startSecondaries = async ({
  speeds,
  sessionCount,
  sizeOf,
}: SecondariesOptions): Promise<Secondaries> => {
  const farm = createFarm({ speeds, cores: 1, sessionTimeout: SESSION_TIMEOUT, sessionCount });
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1000;
  const waiting = new Map<number, ServerResponse>();
  const timers: (NodeJS.Timeout | undefined)[] = speeds.map(() => undefined);

  /** Answers whoever is done by now; late timers change nothing of the order or the work. */
  const settle = (at: number): void => {
    const server = farm.servers[at]!;
    const now = seconds();
    for (let done = server.nextDone(); done <= now; done = server.nextDone()) {
      server.advance(done);
      const session = server.finish();
      farm.answer(at, session, done);
      waiting.get(session)?.end('done');
      waiting.delete(session);
    }
    server.advance(now);
    clearTimeout(timers[at]);
    const next = server.nextDone();
    timers[at] =
      next === Infinity ? undefined : setTimeout(() => settle(at), Math.max(0, (next - now) * 1000));
  };

  const serve = (at: number, url: string, response: ServerResponse): void => {
    const session = Number(/^\/(\d+)$/.exec(url)?.[1] ?? NaN);
    settle(at);
    if (url === '/load.json') {
      const { running, sessions, busySeconds, done, started } = farm.row(at, seconds());
      response.end(JSON.stringify({ running, sessions, busySeconds, done, started }));
      return;
    }
    if (Number.isNaN(session)) {
      response.end('here');
      return;
    }
    waiting.set(session, response);
    farm.arrive(at, session, sizeOf(session), seconds());
    settle(at);
  };

  const servers: readonly Http[] = speeds.map((_, at) =>
    createHttp({ keepAliveTimeout: 60_000 }, (request, response) => serve(at, request.url ?? '/', response)),
  );
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  return {
    ports: servers.map((server) => (server.address() as AddressInfo).port),
    close: () => {
      for (const timer of timers) clearTimeout(timer);
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
};
