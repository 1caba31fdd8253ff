import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type TestContext } from 'node:test';
import express from 'express';
import { reporter } from '../../src/index.ts';
import { loads } from '../../src/loads/index.ts';
import { createReporter, type Reporter } from '../../src/report/middleware.ts';
import { made } from '../contracts/made.ts';
import { wireOf } from '../wire/wire-of.ts';

/** A real Express app that counts itself. */
const startApp = async (t: TestContext, { middleware, handler }: Reporter) => {
  const waiting: (() => void)[] = [];
  let arrived = (): void => undefined;
  const app = express();
  app.use(middleware);
  app.get('/load.json', handler);
  app.get('/slow', (_, response) => {
    waiting.push(() => void response.send('done'));
    arrived();
  });
  app.get('/wrong', (_, response) => void response.status(503).end());
  app.get('/lost', (_, response) => void response.status(404).end());
  app.get('/', (_, response) => void response.send('page'));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}` as const;
  const wire = wireOf(t);
  const read = made(loads, 'json');

  const ask = (path: string, headers: http.OutgoingHttpHeaders): http.ClientRequest =>
    http.get(`${origin}${path}`, { agent: false, headers: { 'user-agent': 'browser', ...headers } });

  return {
    /** A visit to its end. */
    visit: async (path: string, headers: http.OutgoingHttpHeaders = {}): Promise<string> => {
      const [response] = (await once(ask(path, headers), 'response')) as [http.IncomingMessage];
      const body: Buffer[] = [];
      for await (const chunk of response) body.push(chunk as Buffer);
      return Buffer.concat(body).toString();
    },
    /** A visit that has reached the app and waits for its answer. */
    begin: async (headers: http.OutgoingHttpHeaders = {}): Promise<http.ClientRequest> => {
      const isThere = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      const request = ask('/slow', headers);
      request.on('error', () => undefined);
      request.on('response', (response) => response.resume());
      await isThere;
      return request;
    },
    /** Answers the visit that waits longest. */
    release: async (request: http.ClientRequest): Promise<void> => {
      waiting.shift()?.();
      await once(request, 'close');
    },
    /** As the primary's load reader sees them. */
    figures: async (): Promise<object> => {
      const reading = await read({ id: 'web1', at: origin, timeoutMs: 1_000 }, wire);
      assert.ok(reading.ok, JSON.stringify(reading));
      const { at: _, ...told } = reading.report;
      return told;
    },
  };
};

/** A clock that stands still until it is moved. */
const standing = () => {
  let now = 5_000;
  return { clock: { now: () => now, wall: () => 0 }, pass: (ms: number) => void (now += ms) };
};

test('an app that counts itself tells all that a load report needs, exactly', async (t) => {
  const { clock, pass } = standing();
  const { visit, begin, release, figures } = await startApp(t, createReporter({}, clock));
  assert.deepEqual(await figures(), { running: 0, sessions: 0, busySeconds: 0, done: 0, started: 0 });

  const one = await begin();
  pass(1_000);
  const other = await begin({ 'user-agent': 'another' });
  pass(500);
  assert.deepEqual(await figures(), { running: 2, sessions: 2, busySeconds: 1.5, done: 0, started: 2 });
  await release(one);
  pass(250);
  await release(other);
  pass(10_000);
  await visit('/');
  await visit('/lost');
  await visit('/wrong');
  assert.deepEqual(await figures(), { running: 0, sessions: 2, busySeconds: 1.75, done: 3, started: 2 });

  pass(30_001);
  assert.deepEqual(await figures(), { running: 0, sessions: 0, busySeconds: 1.75, done: 3, started: 2 });
  await visit('/');
  // Who asks all the time is told the sessions of a moment ago.
  assert.deepEqual(await figures(), { running: 0, sessions: 0, busySeconds: 1.75, done: 4, started: 3 });
  pass(251);
  assert.deepEqual(await figures(), { running: 0, sessions: 1, busySeconds: 1.75, done: 4, started: 3 });
});

test('an answer that the visitor did not wait for is not done, and runs no longer', async (t) => {
  const { clock } = standing();
  const { begin, figures } = await startApp(t, createReporter({}, clock));
  const request = await begin();
  request.destroy();
  for (;;) {
    const { running, done } = (await figures()) as { readonly running: number; readonly done: number };
    assert.equal(done, 0);
    if (running === 0) return;
  }
});

test('visitors behind one address are told apart by the cookie that the primary gave them', async (t) => {
  const { clock } = standing();
  const { visit, figures } = await startApp(t, createReporter({ cookie: 'way' }, clock));
  for (const cookie of ['way=a', 'x=1; way=a', 'way=b; x=2', 'way=b=2', '__Host-way=c', 'xway=d', ''])
    await visit('/', { cookie });
  // xway is another cookie: the same visitor as without one
  assert.partialDeepStrictEqual(await figures(), { sessions: 5, started: 5 });
});

test("the primary's own checks count for nothing, and who asks for the figures is not running", async (t) => {
  const { clock } = standing();
  const { visit, figures } = await startApp(t, createReporter({}, clock));
  await visit('/', { 'user-agent': 'usher-check' });
  assert.deepEqual(await figures(), { running: 0, sessions: 0, busySeconds: 0, done: 0, started: 0 });
  assert.equal(JSON.parse(await visit('/load.json')).running, 0);
});

test('hostile headers change nothing but the number of visitors', async (t) => {
  const { clock } = standing();
  const { visit, figures } = await startApp(t, createReporter({}, clock));
  for (let at = 0; at < 200; at += 1) {
    await visit('/', {
      'user-agent': '"\\;='.repeat(1_000),
      cookie: `usher=${';usher='.repeat(500)}${at % 2}`,
    });
  }
  assert.deepEqual(await figures(), { running: 0, sessions: 1, busySeconds: 0, done: 200, started: 1 });
});

test('the figures may be kept from all but some', async (t) => {
  const { clock } = standing();
  const { visit } = await startApp(t, createReporter({ allow: ['192.0.2.1'] }, clock));
  assert.ok((await visit('/load.json')).startsWith('{'), 'this machine may');
  assert.throws(() => createReporter({ allow: ['everybody'] }, clock), {
    name: 'ActionableError',
    message: /everybody/,
  });
});

test('the package gives it by the name of reporter, on the clock of the machine', async (t) => {
  const { visit, begin, release, figures } = await startApp(t, reporter());
  await release(await begin());
  await visit('/');
  const { busySeconds, ...counts } = (await figures()) as { readonly busySeconds: number };
  assert.deepEqual(counts, { running: 0, sessions: 1, done: 2, started: 1 });
  assert.ok(busySeconds >= 0 && busySeconds < 60, `busy for ${busySeconds} s`);
});
