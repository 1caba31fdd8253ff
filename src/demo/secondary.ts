import type { IncomingMessage, ServerResponse } from 'node:http';
import type { View } from '../deliveries/views.ts';
import type { Clock } from '../model/clock.ts';
import { bracketed } from '../model/ip-literal.ts';
import { http } from '../node-http.ts';
import { createGuestBook } from './guest-book.ts';
import { keepListening, type Place } from './keep-listening.ts';
import { serverStatus } from './server-status.ts';

/** What the page of a sample secondary is filled with. */
export interface DemoData {
  readonly name: string;
  readonly port: number;
  /** 0 to 5: its colour */
  readonly tone: number;
  readonly target: string;
  readonly visitor: number;
  readonly visitorPages: number;
  readonly visitors: number;
  readonly pages: number;
  /** the primary's page that draws one of the secondaries anew each time */
  readonly pingPong: string;
  /** the primary, with the same path and query */
  readonly again: string;
  /** seconds that it is sick when told to be */
  readonly sickSpan: number;
  /** seconds until it is well again; absent: it is well */
  readonly sickForSeconds?: number;
  /** seconds that it is gone when told to be */
  readonly goneSpan: number;
  /** the last page before it is gone */
  readonly isLeaving: boolean;
}

/** What a sample secondary is started with. */
export interface DemoSecondaryOptions extends Place {
  /** where the primary listens on the same host; its links lead there */
  readonly primaryPort: number;
  readonly view: View<DemoData>;
  readonly clock: Clock;
  /** how long it is gone when told to be; 20 s */
  readonly goneMs?: number;
}

/** A running sample secondary. */
export interface DemoSecondary {
  readonly name: string;
  readonly port: number;
  readonly stop: () => Promise<void>;
}

const TONES = 6;
const SICK_MS = 20_000;
const GONE_MS = 20_000;

/** A path for checks: never counted as a visit. */
const ALIVE = '/alive';

/** What its own page may ask of it. */
const WISHES: ReadonlySet<string> = new Set(['/sick', '/well', '/gone']);

/** A name, an IPv4 address or an IPv6 address in brackets, then perhaps a port. */
const HOST = /^([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/** Browsers say where a form was sent from; other programs don't, and may. */
const isFromElsewhere = ({ headers }: IncomingMessage): boolean => {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin';
};

/** The primary as this visitor reaches it: on the host that he asked for, whatever its name is to him. */
const primaryFor = ({ headers, socket }: IncomingMessage, primaryPort: number): string => {
  const own = socket.localAddress ?? '127.0.0.1';
  const host = HOST.exec(headers.host ?? '')?.[1] ?? bracketed(own);
  return primaryPort === 80 ? `http://${host}` : `http://${host}:${primaryPort}`;
};

/**
 * Starts a sample secondary: a small web server whose page says who it is, what it was asked for and how many visitors
 * it had, that tells its load as Apache does, and that falls sick or is gone when told to, so that one can watch the
 * primary work.
 *
 * @throws {ActionableError} where it cannot listen on the port
 */
export const startDemoSecondary = async (options: DemoSecondaryOptions): Promise<DemoSecondary> => {
  const { name, primaryPort, view, clock, goneMs = GONE_MS } = options;
  const startedAt = clock.now();
  let running = 0;
  let taken = 0;
  let busyMs = 0;
  let sickUntil = startedAt;

  const server = http.createServer({ headersTimeout: 5_000, requestTimeout: 10_000 }, (request, response) => {
    const beganAt = clock.now();
    running += 1;
    taken += 1;
    response.once('close', () => {
      running -= 1;
      busyMs += clock.now() - beganAt;
    });
    request.resume();
    answer(request, response);
  });
  const { port, leaveFor, stop } = await keepListening(server, options);
  const book = createGuestBook(port);

  const sickForMs = (): number => Math.max(0, sickUntil - clock.now());

  const showPage = (request: IncomingMessage, response: ServerResponse, isLeaving = false): void => {
    const target = isLeaving ? '/' : (request.url ?? '/');
    const primary = primaryFor(request, primaryPort);
    const guest = book.enter(request.headers.cookie);
    const isSick = sickForMs() > 0;
    const html = view.html({
      name,
      port,
      tone: port % TONES,
      target,
      visitor: guest.visitor,
      visitorPages: guest.page,
      visitors: book.visitors(),
      pages: book.pages(),
      pingPong: `${primary}/index.html`,
      again: `${primary}${target.startsWith('/') ? target : '/'}`,
      sickSpan: SICK_MS / 1000,
      goneSpan: Math.ceil(goneMs / 1000),
      isLeaving,
      ...(isSick ? { sickForSeconds: Math.ceil(sickForMs() / 1000) } : {}),
    });
    response.writeHead(isSick ? 503 : 200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': view.contentSecurityPolicy,
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
      'Set-Cookie': guest.cookie,
    });
    response.end(html);
  };

  const say = (response: ServerResponse, status: number, text: string): void => {
    response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
    response.end(text);
  };

  const fall = (response: ServerResponse, until: number): void => {
    sickUntil = until;
    response.writeHead(303, { Location: '/', 'Cache-Control': 'no-store' });
    response.end();
  };

  const leave = (request: IncomingMessage, response: ServerResponse): void => {
    response.once('close', () => {
      leaveFor(goneMs);
    });
    showPage(request, response, true);
  };

  const obey = (wish: string, request: IncomingMessage, response: ServerResponse): void => {
    if (isFromElsewhere(request)) say(response, 403, 'Only its own page may ask for that.\n');
    else if (wish === '/sick') fall(response, clock.now() + SICK_MS);
    else if (wish === '/well') fall(response, clock.now());
    else leave(request, response);
  };

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { method, url = '/' } = request;
    if (method === 'POST' && WISHES.has(url)) {
      obey(url, request, response);
      return;
    }
    if (url === '/favicon.ico') {
      response.writeHead(204).end();
      return;
    }
    const isCheck = url === ALIVE || url === '/server-status?auto' || method === 'HEAD';
    if (!isCheck) {
      showPage(request, response);
      return;
    }
    if (sickForMs() > 0) {
      say(response, 503, 'sick\n');
      return;
    }
    if (url === ALIVE || method === 'HEAD') {
      say(response, 200, `${name} is well\n`);
      return;
    }
    say(response, 200, serverStatus({ running, taken, busyMs, upMs: clock.now() - startedAt }));
  };

  return { name, port, stop };
};
