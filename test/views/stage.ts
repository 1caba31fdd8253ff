import type { IncomingMessage } from 'node:http';
import type { TestContext } from 'node:test';
import { originFor } from '../../src/deliveries/locate.ts';
import { parseTarget } from '../../src/dispatch/visit/target.ts';
import { rememberingDate, sendAnswer } from '../../src/dispatch/send.ts';
import type { Address, Origin } from '../../src/model/secondary.ts';
import type { Reply } from '../../src/model/reply.ts';
import type { Visit } from '../../src/model/visit.ts';
import { hostOf, visitOf } from '../deliveries/visit-of.ts';
import { startWebServer, type WebServer } from '../real/web-server.ts';

/** A request that a secondary got. */
export interface Seen {
  readonly url: string;
  readonly referer: string | undefined;
}

/** A secondary that keeps what it was asked and whose page says so. */
export interface Echo extends WebServer {
  readonly address: Address;
  readonly seen: readonly Seen[];
}

const HOST = hostOf('127.0.0.1');

const visitBy = (request: IncomingMessage): Visit => {
  const target = parseTarget(request.url ?? '');
  if (target === undefined) throw new TypeError('the browser asked for no target');
  return visitOf({ host: HOST, method: request.method ?? 'GET', target });
};

/** Starts a primary with nothing but a delivery, sent as the real door sends it; it ends with the test. */
export const startPrimary = async (t: TestContext, answer: (visit: Visit) => Reply): Promise<WebServer> => {
  const dated = rememberingDate(Date.now);
  const server = await startWebServer((request, response) => {
    const { method = 'GET' } = request;
    sendAnswer(response, { reply: answer(visitBy(request)) }, { dated: dated(), method, isLast: true });
  });
  t.after(() => server.stop());
  return server;
};

/**
 * Starts a secondary; it ends with the test.
 *
 * @param ready what it waits for before it answers; absent: nothing
 */
export const startEcho = async (
  t: TestContext,
  ready: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Echo> => {
  const seen: Seen[] = [];
  const server = await startWebServer((request, response) => {
    seen.push({ url: request.url ?? '', referer: request.headers.referer });
    void ready().then(() => {
      response.writeHead(200, { 'Content-Type': 'text/html' });
      response.end('<!doctype html><link rel="icon" href="data:,"><title>secondary</title><h1>Arrived</h1>');
    });
  });
  t.after(() => server.stop());
  const address: Address = { kind: 'same-host', scheme: 'http', port: server.port };
  return { ...server, origin: originFor(address, HOST) as Origin & `http://${string}`, address, seen };
};
