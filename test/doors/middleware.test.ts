import assert from 'node:assert/strict';
import { createServer, IncomingMessage, ServerResponse, type Server } from 'node:http';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, Socket, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import express from 'express';
import { ActionableError, usher, type Event, type UsherMiddleware } from '../../src/index.ts';
import { buildMmdb } from '../geography/build-mmdb.ts';
import { until } from '../outside/until.ts';

const listen = async (context: TestContext, server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
};

const secondary = (context: TestContext): Promise<number> =>
  listen(
    context,
    createServer((_request, response) => response.end('here')),
  );

const stateFolder = async (context: TestContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'usher-state-'));
  context.after(() => rm(folder, { recursive: true }));
  return folder;
};

test("in somebody's Express app visitors are sent on, and what is not for Usher goes to the next", async (context) => {
  const ports = [await secondary(context), await secondary(context)];
  const events: Event[] = [];
  const { promise: known, resolve: bothAreUp } = Promise.withResolvers<undefined>();
  const sendOn = await usher(
    {
      secondaries: ports.map((port) => ({ port })),
      policy: 'round-robin',
      checks: { files: await stateFolder(context) },
      entrances: { '/mine.html': 'local', '/splash.html': 'local' },
    },
    {
      onEvent: (event) => {
        events.push(event);
        if (events.filter(({ type }) => type === 'health-changed').length === 2) bothAreUp(undefined);
      },
    },
  );
  context.after(sendOn.stop);
  await known;

  const app = express();
  app.get('/about', (_request, response) => {
    response.send('This page is mine.');
  });
  app.use('/shop', sendOn);
  app.use(sendOn);
  app.use((_request, response) => {
    response.status(418).send('the next one');
  });
  const primary = `http://127.0.0.1:${String(await listen(context, createServer(app)))}`;

  assert.equal(await (await fetch(`${primary}/about`)).text(), 'This page is mine.');
  assert.equal((await fetch(`${primary}/mine.html`)).status, 418);
  assert.match(await (await fetch(`${primary}/splash.html`)).text(), /<h1/);
  const other = await fetch(`${primary}/.usher/other?to=/x`, {
    redirect: 'manual',
    headers: { accept: 'text/html' },
  });
  assert.match(other.headers.get('location') ?? '', /\/x$/);
  assert.equal(await (await fetch(`${primary}/page?x=1`)).text(), 'here');
  const locations = [];
  for (const path of ['/%zz?a=b', '/shop/x', '/a', '/b']) {
    const answer = await fetch(primary + path, { redirect: 'manual' });
    assert.equal(answer.status, 302);
    locations.push(answer.headers.get('location') ?? '');
  }
  assert.ok(locations[0]?.endsWith('/%zz?a=b'), 'byte for byte');
  assert.ok(locations[1]?.endsWith('/shop/x'), 'where it is mounted does not matter');
  assert.deepEqual(new Set(locations.map((each) => new URL(each).port)), new Set(ports.map(String)));
});

test('where no entrance needs to know who is there, nobody is asked; where a visitor does, he has them asked', async (context) => {
  for (const from of ['none', 'live']) {
    let asked = 0;
    const server = createServer((_request, response) => response.end('here'));
    server.on('connection', () => (asked += 1));
    const port = await listen(context, server);
    const checks = { from, every: '1s', files: await stateFolder(context) };
    const sendOn = await usher({ secondaries: [{ port }], checks, entrances: {} });
    context.after(sendOn.stop);
    const app = createServer((request, response) => {
      sendOn(request, response, () => response.end());
    });
    const primary = `http://127.0.0.1:${String(await listen(context, app))}`;
    // the first round of a monitor would have come by then: it is asked at once
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(asked, 0, from);
    assert.equal((await fetch(primary, { redirect: 'manual' })).status, 302);
    assert.equal(asked, from === 'live' ? 1 : 0, from);
    assert.equal(sendOn.pool().source, from);
  }
});

test('nearest goes by the file of places', async (context) => {
  const folder = await stateFolder(context);
  const geo = join(folder, 'City.mmdb');
  const north = { latitude: 60, longitude: 10 };
  const south = { latitude: -30, longitude: 10 };
  // The first network is one that is looked at to see whether the file tells places at all.
  const places = { '0.0.0.0': north, '203.0.113.0': north, '198.51.100.0': south, '192.0.2.0': south };
  await writeFile(geo, buildMmdb(places));
  const sendOn = await usher({
    secondaries: [
      { id: 'north', url: 'http://north.example:8080', at: '127.0.0.1:9', place: [59, 11] },
      { id: 'south', url: 'http://192.0.2.1:8080', at: '127.0.0.1:9' },
    ],
    ...{ policy: { nearest: true, learn: 0 }, geo, checks: { from: 'none', files: folder } },
    ...{ trustProxies: ['127.0.0.1'], affinity: false, entrances: {} },
  });
  context.after(sendOn.stop);
  const app = createServer((request, response) => {
    sendOn(request, response, () => response.end());
  });
  const primary = `http://127.0.0.1:${String(await listen(context, app))}`;
  const placeFor = async (visitor: string): Promise<string | null> => {
    const headers = { 'x-forwarded-for': visitor };
    return (await fetch(`${primary}/x`, { headers, redirect: 'manual' })).headers.get('location');
  };
  /** Until the file has been read they take turns. */
  const isSorted = async (): Promise<boolean> => {
    const ofNorth = await Promise.all(Array.from({ length: 5 }, () => placeFor('203.0.113.7')));
    const ofSouth = await Promise.all(Array.from({ length: 5 }, () => placeFor('198.51.100.7')));
    return (
      ofNorth.every((place) => place === 'http://north.example:8080/x') &&
      ofSouth.every((place) => place === 'http://192.0.2.1:8080/x')
    );
  };
  await until(isSorted, 20_000);
});

const HANDSHAKE =
  'GET /ws HTTP/1.1\r\nHost: www.example.org\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** What a handshake is answered with, up to what the other side says first behind it. */
const shakeHands = async (port: number): Promise<string> => {
  const socket = connect(port, '127.0.0.1');
  socket.write(HANDSHAKE);
  let said = '';
  for await (const chunk of socket) {
    said += String(chunk);
    if (said.endsWith('welcome')) break;
  }
  return said;
};

test('a WebSocket in somebody’s app is carried by the listener for it, and refused without; never is it a plain answer', async (context) => {
  const server = createServer((_request, response) => response.end('a plain answer'));
  server.on('upgrade', (_request, socket) => {
    socket.on('error', () => undefined);
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nwelcome',
    );
  });
  const secondaries = [{ port: await listen(context, server) }];
  for (const relay of [false, {}]) {
    const sendOn = await usher({
      ...{ secondaries, relay, entrances: {} },
      checks: { from: 'none', files: await stateFolder(context) },
    });
    context.after(sendOn.stop);
    const next: unknown[] = [];
    const app = (): Server =>
      createServer((request, response) => sendOn(request, response, () => next.push(1)));
    assert.match(
      await shakeHands(await listen(context, app())),
      /^HTTP\/1\.1 426 [^]*cannot carry a WebSocket/,
    );
    const hearing = app().on('upgrade', sendOn.upgrade);
    const said = await shakeHands(await listen(context, hearing));
    assert.match(said, relay === false ? /^HTTP\/1\.1 426 / : /^HTTP\/1\.1 101 [^]*\r\n\r\nwelcome$/);
    assert.deepEqual(next, []);
  }
});

/** All that comes back for what is said, until the other side closes. */
const exchanged = async (port: number, said: string): Promise<string> => {
  const socket = connect(port, '127.0.0.1');
  socket.write(said);
  let heard = '';
  for await (const chunk of socket) heard += String(chunk);
  return heard;
};

test('a large answer to a wish for another protocol arrives whole in somebody’s app', async (context) => {
  const large = Buffer.alloc(16 * 1024 * 1024, 97);
  const secondaries = [
    {
      port: await listen(
        context,
        createServer((_, response) => response.end(large)),
      ),
    },
  ];
  const sendOn = await usher({
    ...{ secondaries, relay: { paths: ['/*'] }, entrances: {} },
    checks: { from: 'none', files: await stateFolder(context) },
  });
  context.after(sendOn.stop);
  const server = createServer((_request, response) => response.end('a plain answer'));
  const port = await listen(context, server.on('upgrade', sendOn.upgrade));
  const said = await exchanged(port, HANDSHAKE.replace('websocket', 'h2c'));
  assert.equal(said.length - said.indexOf('\r\n\r\n') - 4, large.length);
});

test('a wish for another protocol that brings a body is carried to nobody from somebody’s app', async (context) => {
  const web = createServer(() => assert.fail('somebody was asked'));
  web.on('upgrade', () => assert.fail('somebody was asked'));
  const sendOn = await usher({
    ...{ secondaries: [{ port: await listen(context, web) }], relay: { paths: ['/*'] }, entrances: {} },
    checks: { from: 'none', files: await stateFolder(context) },
  });
  context.after(sendOn.stop);
  const server = createServer((_request, response) => response.end('a plain answer'));
  const port = await listen(context, server.on('upgrade', sendOn.upgrade));
  for (const protocol of ['websocket', 'h2c']) {
    for (const body of [
      'Content-Length: 5\r\n\r\nhello',
      'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    ]) {
      const head = HANDSHAKE.replace('GET', 'POST').replace('websocket', protocol).slice(0, -2);
      assert.match(await exchanged(port, head + body), /^HTTP\/1\.1 426 [^]*\r\nConnection: close\r\n/);
    }
  }
});

test('a WebSocket whose body is still to come, or that comes before its turn, does the app no harm', async (context) => {
  const sendOn = await usher({
    ...{ secondaries: [{ port: await secondary(context) }], entrances: {} },
    checks: { from: 'none', files: await stateFolder(context) },
  });
  context.after(sendOn.stop);
  const server = createServer((request, response) => {
    // the app's own page, whose answer takes its time
    if (request.url === '/own') request.socket.once('close', () => response.end());
    else sendOn(request, response, () => response.end());
  });
  const port = await listen(context, server.on('upgrade', sendOn.upgrade));
  for (const announced of ['Content-Length: 1', 'Transfer-Encoding: chunked']) {
    const handshake = HANDSHAKE.replace(/(?=\r\n\r\n)/, `\r\n${announced}`);
    for (const line of ['GET', 'POST'].map((method) => handshake.replace('GET', method))) {
      assert.match(await exchanged(port, line), /^HTTP\/1\.1 426 [^]*\r\nConnection: close\r\n/);
    }
    const early = 'GET /own HTTP/1.1\r\nHost: www.example.org\r\n\r\n';
    assert.equal(await exchanged(port, early + handshake), '', announced);
    assert.equal(await exchanged(port, early + HANDSHAKE), '');
  }
  assert.equal((await fetch(`http://127.0.0.1:${String(port)}/x`, { redirect: 'manual' })).status, 302);
});

test('a config with mistakes is refused with all of them', async () => {
  await assert.rejects(usher({ secondaries: [{ prot: 1 }], polcy: 'x' }), (error) => {
    assert.ok(error instanceof ActionableError);
    assert.match(error.message, /prot/);
    assert.match(error.message, /polcy/);
    return true;
  });
});

test('a file takes a secondary out of an app as well, and a state with an end is over by itself', async (context) => {
  const folder = await stateFolder(context);
  const sendOn = await usher({
    secondaries: [
      { id: 'web1', url: 'http://192.0.2.1:8081' },
      { id: 'web2', url: 'http://192.0.2.1:8082', state: 'maintenance', until: inMs(2000) },
    ],
    ...{ policy: 'round-robin', affinity: false, checks: { from: 'none', files: folder }, entrances: {} },
  });
  context.after(sendOn.stop);
  const app = createServer((request, response) => {
    sendOn(request, response, () => response.end());
  });
  const primary = `http://127.0.0.1:${String(await listen(context, app))}`;
  const whereTo = async (): Promise<string> => {
    const visits = Array.from({ length: 4 }, async () => {
      const { headers } = await fetch(primary, { redirect: 'manual' });
      return new URL(headers.get('location') ?? 'http://nowhere').port;
    });
    return [...new Set(await Promise.all(visits))].sort().join();
  };
  await until(async () => (await whereTo()) === '8081,8082', 20_000);
  await mkdir(join(folder, 'maintenance'), { recursive: true });
  await writeFile(join(folder, 'maintenance', 'web1'), '');
  await until(async () => (await whereTo()) === '8082', 20_000);
  await rm(join(folder, 'maintenance'), { recursive: true });
  await until(async () => (await whereTo()) === '8081,8082', 20_000);
});

test('in an app of thousands visits go by the list before until the new one is ready', async (context) => {
  const folder = await stateFolder(context);
  const { promise, resolve } = Promise.withResolvers<string>();
  const sendOn: UsherMiddleware = await usher(
    {
      secondaries: Array.from({ length: 2000 }, (_, nth) => ({ id: `web${nth}`, port: 20_000 + nth })),
      ...{ policy: 'first', affinity: false, checks: { from: 'none', files: folder }, entrances: {} },
    },
    {
      onEvent: ({ type }) => {
        // once it is known to all who must know, and before any timer goes off
        if (type === 'maintenance-file') process.nextTick(() => resolve(placeFor(sendOn)));
      },
    },
  );
  context.after(sendOn.stop);
  assert.match(placeFor(sendOn), /:20000\/x/);
  await mkdir(join(folder, 'maintenance'), { recursive: true });
  await writeFile(join(folder, 'maintenance', 'web0'), '');
  assert.match(await promise, /:20000\/x/);
  await until(() => placeFor(sendOn).includes(':20001/x'), 20_000);
});

test('an app sends nobody to a secondary that dies, before an edit and after it', async (context) => {
  const folder = await stateFolder(context);
  const servers = Array.from({ length: 4 }, () => createServer((_request, response) => response.end('here')));
  const ports = await Promise.all(servers.map((server) => listen(context, server)));
  const sendOn = await usher({
    secondaries: ports.map((port, nth) => ({ id: `web${nth}`, port })),
    ...{ policy: 'first', affinity: false, entrances: {} },
    checks: { from: 'cached', every: '1s', fall: 1, files: folder },
  });
  context.after(sendOn.stop);
  const isSentTo = (nth: number) => () => placeFor(sendOn).includes(`:${String(ports[nth])}/x`);
  const die = (nth: number): void => {
    servers[nth]?.close();
    servers[nth]?.closeAllConnections();
  };
  await until(isSentTo(0), 20_000);
  die(0);
  await until(isSentTo(1), 20_000);
  await mkdir(join(folder, 'maintenance'), { recursive: true });
  await writeFile(join(folder, 'maintenance', 'web1'), '');
  await until(isSentTo(2), 20_000);
  die(2);
  await until(isSentTo(3), 20_000);
});

/** Where a visitor is sent who comes in this very moment. */
const placeFor = (sendOn: UsherMiddleware): string => {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { method: 'GET', url: '/x', rawHeaders: ['Host', 'www.example.org'] });
  const response = new ServerResponse(request);
  let place: unknown;
  response.writeHead = (_status: number, ...rest: unknown[]) => {
    place ??= rest.at(-1);
    return response;
  };
  sendOn(request, response, () => assert.fail());
  return String(place);
};

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
