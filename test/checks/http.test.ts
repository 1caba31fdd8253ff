import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { checks } from '../../src/checks/index.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { Origin } from '../../src/model/secondary.ts';
import { made } from '../contracts/made.ts';
import { freePort } from '../real/port.ts';
import { namedWireOf, wireOf } from '../wire/wire-of.ts';

const startServer = async (
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  host = '127.0.0.1',
): Promise<number> => {
  const server = createServer(answer).listen(0, host);
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
};

/** What an http check with such options sees of a server that answers so. */
const seen = async (
  t: TestContext,
  options: object,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Outcome> => {
  const port = await startServer(t, answer);
  return made(
    checks,
    'http',
    options,
  )({ id: 'web1', at: `http://127.0.0.1:${port}`, timeoutMs: 5000 }, wireOf(t));
};

const statusOf =
  (status: number, headers: Record<string, string> = {}, body = '') =>
  (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, headers).end(body);
  };

const verdict = (outcome: Outcome): string => (outcome.ok ? 'passes' : outcome.failure);

test('2xx passes and says its status, anything else does not', async (t) => {
  for (const [status, expected] of [
    [200, 'passes'],
    [204, 'passes'],
    [304, 'status'],
    [401, 'status'],
    [404, 'status'],
    [500, 'status'],
    [503, 'status'],
  ] as const) {
    const outcome = await seen(t, {}, statusOf(status));
    assert.equal(verdict(outcome), expected);
    assert.equal(outcome.detail, `HTTP ${status}`);
  }
});

test('a redirect passes while it stays on the same origin', async (t) => {
  for (const location of ['/login', 'login', '?a', '../x']) {
    assert.equal(verdict(await seen(t, { path: '/a/b' }, statusOf(302, { location }))), 'passes', location);
  }
  const own = await seen(t, {}, (request, response) => {
    response.writeHead(301, { location: `http://${request.headers.host}/index.html` }).end();
  });
  assert.equal(verdict(own), 'passes');
});

test('a redirect that leads elsewhere is a failure that says where to', async (t) => {
  for (const location of [
    'http://192.0.2.1/',
    'https://127.0.0.1/',
    '//elsewhere.test/x',
    '/\\elsewhere.test',
    'http://127.0.0.1/',
    'http://[',
    'javascript:alert(1)',
  ]) {
    const outcome = await seen(t, {}, statusOf(302, { location }));
    assert.equal(verdict(outcome), 'redirected', location);
    assert.ok(outcome.detail?.startsWith(`HTTP 302, to ${location}`));
  }
});

test('a server that is asked by name may redirect to that name', async (t) => {
  const options = { host: 'www.example.test' };
  const there = await seen(t, options, (request, response) => {
    response.writeHead(301, { location: `http://${request.headers.host}/x` }).end();
  });
  assert.equal(verdict(there), 'passes');
  const elsewhere = await seen(t, options, statusOf(301, { location: 'http://example.test/x' }));
  assert.equal(verdict(elsewhere), 'redirected');
});

test('a list of statuses takes the place of the usual ones, but for 404', async (t) => {
  for (const [status, list, expected] of [
    [401, '200-299,401', 'passes'],
    [250, '200-299,401', 'passes'],
    [302, '200-299,401', 'status'],
    [302, '302', 'passes'],
    [503, 503, 'passes'],
    [404, '200-499', 'status'],
  ] as const) {
    const headers = { location: 'http://192.0.2.1/' };
    assert.equal(verdict(await seen(t, { status: list }, statusOf(status, headers))), expected, `${status}`);
  }
});

test('an expected text must be there, letter by letter', async (t) => {
  const page = statusOf(200, {}, '<h1>Test Page</h1> a.b');
  assert.equal(verdict(await seen(t, { expect: 'Test Page' }, page)), 'passes');
  assert.equal(verdict(await seen(t, { expect: 'test page' }, page)), 'text-missing');
  assert.equal(verdict(await seen(t, { expect: 'a.b' }, page)), 'passes');
  assert.equal(verdict(await seen(t, { expect: 'a?b' }, page)), 'text-missing');
});

test('a page longer than 64 KiB passes by its beginning', async (t) => {
  const long = statusOf(200, {}, `early ${'.'.repeat(100_000)} late`);
  assert.equal(verdict(await seen(t, {}, long)), 'passes');
  assert.equal(verdict(await seen(t, { expect: 'early' }, long)), 'passes');
  assert.equal(verdict(await seen(t, { expect: 'late' }, long)), 'too-large');
});

test('method, path, host and headers reach the server as they stand in the config', async (t) => {
  let told: unknown;
  const outcome = await seen(
    t,
    { method: 'HEAD', path: '/alive?a=%20b', host: 'www.example.test:81', headers: { 'X-Check': 'yes' } },
    ({ method, url, headers }, response) => {
      told = { method, url, host: headers.host, check: headers['x-check'] };
      response.end();
    },
  );
  assert.equal(verdict(outcome), 'passes');
  assert.deepEqual(told, { method: 'HEAD', url: '/alive?a=%20b', host: 'www.example.test:81', check: 'yes' });
});

test('both families must work, and the one that fails is named', async (t) => {
  const four = await startServer(t, statusOf(200));
  const both = made(checks, 'http', { family: 'both' });
  const wire = namedWireOf(t);
  const subject = { id: 'web1', at: `http://web.test:${four}` as Origin, timeoutMs: 5000 };
  const outcome = await both(subject, wire);
  assert.equal(verdict(outcome), 'refused');
  assert.equal(outcome.detail, `IPv6: connect ECONNREFUSED ::1:${four}`);

  const every = await startServer(t, statusOf(200), '::');
  const at: Origin = `http://web.test:${every}`;
  assert.equal(verdict(await both({ ...subject, at }, wire)), 'passes');

  const nobody: Origin = `http://web.test:${await freePort()}`;
  assert.match((await both({ ...subject, at: nobody }, wire)).detail ?? '', /^IPv4: .*; IPv6: /);
});

test('options that cannot work are refused before anything is asked', () => {
  for (const options of [
    { path: 'alive' },
    { path: '/a b' },
    { path: '/a#b' },
    { host: 'a/b' },
    { host: 'a\r\nb: c' },
    { status: '404' },
    { status: '200-299,404' },
    { status: 'ok' },
    { status: '299-200' },
    { status: 99 },
    { method: 'POST' },
    { expect: '' },
    { family: 5 },
    { headers: { 'Content-Length': '5' } },
    { headers: { a: 'b\r\nc: d' } },
    { nonsense: 1 },
    { method: 'HEAD', expect: 'x' },
  ]) {
    assert.throws(() => made(checks, 'http', options), JSON.stringify(options));
  }
});
