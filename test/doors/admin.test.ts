import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { ActionableError } from '../../src/errors.ts';
import { startAdminDoor } from '../../src/doors/admin.ts';
import { pretend, secondary, takenPort } from '../dashboard/pretend.ts';
import { ask, openAdmin, withAdmin } from './open-admin.ts';

const pool = () => {
  const two = pretend([secondary('web1'), secondary('web2')]);
  two.round();
  return two;
};

/** of no password that anybody knows */
const PASSWORD_HASH = 'scrypt$2$1$1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA';

const actionable = (what: RegExp, remedy: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ActionableError);
  assert.match(error.message, what);
  assert.match(error.remedy, remedy);
  return true;
};

test('a taken port is a sentence with a remedy', async () => {
  const { port, free } = await takenPort();
  try {
    await assert.rejects(
      startAdminDoor({ ...pool().sources, listen: { host: '127.0.0.1', port } }),
      actionable(/admin door.*Port \d+ is taken/, /under "admin"/),
    );
  } finally {
    await free();
  }
});

test('an address of another machine is a sentence with a remedy', async () => {
  await assert.rejects(
    startAdminDoor({
      ...withAdmin(pool().sources, { password: PASSWORD_HASH }),
      listen: { host: '192.0.2.1', port: 0 },
    }),
    actionable(/192\.0\.2\.1.* is not one of this machine/, /ip address/),
  );
});

test('without a password it listens on loopback only', async () => {
  for (const host of ['0.0.0.0', '::', '192.0.2.1']) {
    await assert.rejects(
      startAdminDoor({ ...pool().sources, listen: { host, port: 0 } }),
      actionable(/without a password/, /usher password/),
    );
  }
});

test('a password that "usher password" did not make is refused at the start', async () => {
  for (const password of [
    'secret',
    'scrypt$16384$8$5$short$x',
    'scrypt$3$8$1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA',
    'scrypt$99999999$999$999$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA',
  ]) {
    await assert.rejects(
      startAdminDoor({ ...withAdmin(pool().sources, { password }), listen: { host: '127.0.0.1', port: 0 } }),
      actionable(/not one that "usher password" made/, /Run "usher password"/),
    );
  }
});

test('only its own hosts are answered', async () => {
  const { url, port } = await openAdmin(pool(), { names: ['ops.example.org'] });
  const own = [
    'localhost',
    `localhost:${port}`,
    `LOCALHOST:${port}`,
    'localhost.',
    '127.0.0.1',
    `127.0.0.1:${port}`,
    '127.0.0.2',
    `[::1]:${port}`,
    'ops.example.org',
    'OPS.example.org:80',
  ];
  for (const Host of own) {
    assert.equal((await ask(`${url}api/status`, { headers: { Host } })).status, 200, Host);
  }
  const foreign = [
    'evil.example',
    `evil.example:${port}`,
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'ops.example.org.evil.example',
    '0.0.0.0',
    `0.0.0.0:${port}`,
    '192.0.2.1',
    '[::]',
    '[2001:db8::1]',
    '2130706433',
    '0x7f000001',
    'localhost@evil.example',
    'evil.example#localhost',
    '[::1',
    '[',
    ':',
    `[::ffff:192.0.2.1]:${port}`,
  ];
  for (const Host of foreign) {
    const { status, body } = await ask(`${url}api/status`, { headers: { Host } });
    assert.equal(status, 421, Host);
    assert.deepEqual(Object.keys(JSON.parse(body)), ['error']);
  }
});

test('the address that a connection came to is an own host', async (t) => {
  const address = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === 'IPv4' && !one.internal)?.address;
  if (address === undefined) {
    t.diagnostic('this machine has no address but loopback; 127.0.0.1 stands in');
  }
  const host = address ?? '127.0.0.1';
  const { port } = await openAdmin(pool(), { listen: { host: '0.0.0.0', port: 0 }, password: PASSWORD_HASH });
  assert.equal((await ask(`http://${host}:${port}/healthz`)).status, 200);
  assert.equal((await ask(`http://${host}:${port}/api/status`)).status, 401);
  assert.equal((await ask(`http://${host}:${port}/healthz`, { headers: { Host: '0.0.0.0' } })).status, 421);
});

test('no Host, an empty one and two of them are refused', async () => {
  const { url, port } = await openAdmin(pool());
  assert.equal((await ask(`${url}api/status`, { headers: [] })).status, 400);
  assert.equal((await ask(`${url}api/status`, { headers: { Host: '' } })).status, 400);
  const two = await raw(
    port,
    'GET /api/status HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
  );
  assert.match(two, /^HTTP\/1\.1 400 /);
});

test('what is not HTTP is answered with 400 and harms nobody', async () => {
  const { url, port } = await openAdmin(pool());
  for (const garbage of [
    '\x16\x03\x01\x02\x00\x01',
    'GET / HTTP/9.9\r\n\r\n',
    'GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    'GET //evil.example/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    'OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  ]) {
    assert.match(await raw(port, garbage), /^HTTP\/1\.1 (?:400|404|405) /, garbage);
  }
  assert.equal((await ask(`${url}healthz`)).status, 200);
});

test('a change that another page asks for is refused', async () => {
  const { url } = await openAdmin(pool());
  const { host } = new URL(url);
  const json = { 'Content-Type': 'application/json' };
  const foreign = [
    { Origin: 'null' },
    { Origin: 'http://evil.example' },
    { Origin: 'http://127.0.0.1:8086' },
    { Origin: `http://${host}.evil.example` },
    { 'Sec-Fetch-Site': 'cross-site', Origin: `http://${host}` },
    { 'Sec-Fetch-Site': 'same-site' },
    { 'Sec-Fetch-Site': 'none' },
    { 'Sec-Fetch-Site': 'same-origin', Origin: 'null' },
  ];
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
    for (const headers of foreign) {
      const { status } = await ask(`${url}api/status`, {
        method,
        headers: { ...json, ...headers },
        body: '{}',
      });
      assert.equal(status, 403, JSON.stringify({ method, headers }));
    }
  }
});

test('a change is taken as JSON only', async () => {
  const { url } = await openAdmin(pool());
  const Origin = url.slice(0, -1);
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    '',
  ]) {
    const { status } = await ask(`${url}api/status`, {
      method: 'POST',
      headers: { Origin, 'Content-Type': type },
      body: '{}',
    });
    assert.equal(status, 415, type);
  }
  const { status, headers } = await ask(`${url}api/status`, {
    method: 'POST',
    headers: { Origin, 'Sec-Fetch-Site': 'same-origin', 'Content-Type': 'application/json; charset=utf-8' },
    body: '{}',
  });
  assert.equal(status, 405);
  assert.equal(headers.allow, 'GET, HEAD');
});

test('another page may link here and may not read', async () => {
  const { url } = await openAdmin(pool());
  const embedded = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' };
  assert.equal((await ask(url, { headers: embedded })).status, 403);
  const framed = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' };
  assert.equal((await ask(url, { headers: framed })).status, 403);
  const neighbour = { 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Dest': 'empty' };
  assert.equal((await ask(`${url}api/events`, { headers: neighbour })).status, 403);
  const linked = {
    'Sec-Fetch-Site': 'cross-site',
    'Sec-Fetch-Mode': 'navigate',
    'Sec-Fetch-Dest': 'document',
  };
  assert.equal((await ask(url, { headers: linked })).status, 200);
  const preflight = await ask(`${url}api/status`, {
    method: 'OPTIONS',
    headers: { Origin: 'http://evil.example', 'Access-Control-Request-Method': 'POST' },
  });
  assert.equal(preflight.headers['access-control-allow-origin'], undefined);
});

test('every page answers GET and HEAD alike', async () => {
  const { url } = await openAdmin(pool());
  const pages = {
    '': 'text/html; charset=utf-8',
    'api/status': 'application/json; charset=utf-8',
    'api/journal': 'application/json; charset=utf-8',
    'api/charts': 'application/json; charset=utf-8',
    'api/beats': 'application/json; charset=utf-8',
    metrics: 'text/plain; version=0.0.4; charset=utf-8',
    healthz: 'text/plain; charset=utf-8',
    readyz: 'text/plain; charset=utf-8',
    'dashboard.css': 'text/css; charset=utf-8',
    'dashboard.js': 'text/javascript; charset=utf-8',
    'dashboard-icon.svg': 'image/svg+xml',
  };
  for (const [path, type] of Object.entries(pages)) {
    const got = await ask(url + path);
    assert.equal(got.status, 200, path);
    assert.equal(got.headers['content-type'], type, path);
    assert.equal(got.headers['cache-control'], 'no-store', path);
    assert.notEqual(got.body, '', path);
    const head = await ask(url + path, { method: 'HEAD' });
    assert.equal(head.status, 200, path);
    assert.equal(head.headers['content-type'], type, path);
    assert.equal(head.body, '', path);
  }
  const head = await ask(`${url}api/events`, { method: 'HEAD' });
  assert.equal(head.status, 200);
  assert.equal(head.headers['content-type'], 'text/event-stream; charset=utf-8');
});

test('what is not there is said in the form of whoever asks', async () => {
  const { url } = await openAdmin(pool());
  const json = await ask(`${url}api/nothing`);
  assert.equal(json.status, 404);
  assert.deepEqual(JSON.parse(json.body), { error: 'There is nothing here.' });
  for (const path of [
    'nothing',
    'dashboard.eta',
    'dashboard-words.d.ts',
    '..%2fpackage.json',
    'dashboard-%2e%2e/package.json',
    'page.js',
    '%zz',
    'healthz/',
    'HEALTHZ',
  ]) {
    const { status } = await ask(url + path);
    assert.ok(status === 404 || status === 400, `${path}: ${status}`);
  }
});

test('headers forbid what the page never does, and nothing reaches beyond this port', async () => {
  const { url } = await openAdmin(pool());
  const { headers } = await ask(url);
  const policy = String(headers['content-security-policy']);
  assert.match(policy, /default-src 'self'/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.doesNotMatch(policy, /unsafe|upgrade-insecure/);
  assert.equal(headers['strict-transport-security'], undefined);
  assert.equal(headers['set-cookie'], undefined);
  assert.equal(headers['x-powered-by'], undefined);
  assert.equal(headers['x-frame-options'], 'DENY');
  assert.equal(headers['x-content-type-options'], 'nosniff');
});

test('ready means that somebody takes new visitors', async () => {
  const two = pool();
  const { url } = await openAdmin(two);
  assert.deepEqual(await ready(url), { status: 200, body: 'ready\n' });
  two.round({ outcome: { ok: false, tookMs: 1, failure: 'refused', detail: 'connect ECONNREFUSED' } });
  const down = await ready(url);
  assert.equal(down.status, 503);
  assert.match(down.body, /none of 2 secondaries takes new visitors, 2 down/);
  assert.doesNotMatch(down.body, /web1/);
  two.round();
  two.configure({
    secondaries: [secondary('web1', { state: 'drain' }), secondary('web2', { state: 'maintenance' })],
  });
  assert.equal((await ready(url)).status, 503);
  assert.equal((await ask(`${url}healthz`)).body, 'ok\n');
});

test('the status says what is believed, seen, wanted and given', async () => {
  const two = pretend([
    secondary('web1', { weight: 3 }),
    secondary('web2'),
    secondary('web3', { role: 'backup' }),
  ]);
  two.check('web1', {
    outcome: { ok: true, tookMs: 2.34 },
    load: { running: 7 },
    sinceMs: 60_000,
    agoMs: 500,
  });
  two.check('web2', { outcome: { ok: false, tookMs: 1, failure: 'status', detail: '503 instead of 200' } });
  two.check('web3');
  two.visit('web1', { chosen: 3, kept: 4 });
  two.count({ none: 2, dropped: 1, refused: { 421: 5 } });
  two.mistakes(['usher.json:1:2: wrong']);
  const { url } = await openAdmin(two);
  const status = JSON.parse((await ask(`${url}api/status`)).body);
  const [web1, web2, web3] = status.secondaries;
  assert.equal(status.headline.words, 'web2 is down');
  assert.equal(status.news.source, 'cached');
  assert.equal(status.news.isStale, false);
  assert.deepEqual(status.config, { ok: false, mistakes: ['usher.json:1:2: wrong'] });
  assert.deepEqual(status.visits, {
    perSecond: 0,
    chosen: 3,
    kept: 4,
    none: 2,
    refused: { 421: 5 },
    dropped: 1,
  });
  assert.equal(status.usable, 1);
  assert.equal(web1.health, 'up');
  assert.equal(web1.check.words, 'answers in 2.3 ms');
  assert.equal(web1.load.words, '7 running');
  assert.equal(web1.share.wanted, 1);
  const sinceMs = Date.parse(status.at) - Date.parse(web1.since);
  assert.ok(sinceMs >= 60_000 && sinceMs < 70_000, String(sinceMs));
  assert.equal(web2.passedOver.why, 'down');
  assert.equal(web2.check.detail, '503 instead of 200');
  assert.equal(web3.passedOver.why, 'backup');
});

test('stopping frees the port', async () => {
  const two = pool();
  const door = await openAdmin(two);
  await ask(`${door.url}healthz`);
  await door.stop();
  const again = await openAdmin(two, { listen: { host: '127.0.0.1', port: door.port } });
  assert.equal(again.port, door.port);
});

const ready = async (url: string): Promise<{ status: number; body: string }> => {
  const { status, body } = await ask(`${url}readyz`);
  return { status, body };
};

const raw = (port: number, bytes: string): Promise<string> => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let heard = '';
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => (heard += chunk));
  socket.on('close', () => {
    resolve(heard);
  });
  socket.on('error', reject);
  return promise;
};
