import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { DEFAULT_RELAY } from '../../../src/config/schema/relay-schema.ts';
import type { Settings } from '../../../src/config/settings.ts';
import { makeCertificate } from '../../real/certificate.ts';
import { tempFolder } from '../../real/program.ts';
import { startWebServer } from '../../real/web-server.ts';
import { openDoor, plainSettings } from '../a-door.ts';

const HOST = '127.0.0.1';
const bounded = { timeout: 20_000 };

/** Bodies that heads announce: what the head says, and what comes behind it when it comes. */
const BODIES = {
  length: ['Content-Length: 5', 'hello'],
  chunked: ['Transfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n'],
} as const;

/** Questions for another protocol, and the status that each gets where nothing is carried. */
const QUESTIONS = {
  'GET a WebSocket': ['GET /w', 'websocket', 426],
  'POST a WebSocket': ['POST /w', 'websocket', 426],
  'another protocol': ['POST /w', 'foo', 307],
  'a page of our own by another protocol': ['GET /.usher/nothing', 'foo', 404],
  'a tunnel': ['CONNECT a.example:443', 'foo', 400],
} as const;

/** @param announced a header, or empty where no body comes */
const headOf = (line: string, protocol: string, announced: string): string =>
  [
    ...[`${line} HTTP/1.1`, 'Host: a.example', `Upgrade: ${protocol}`, 'Connection: upgrade, close'],
    ...(announced === '' ? ['', ''] : [announced, '', '']),
  ].join('\r\n');

/** What comes behind the head: never anything, the rest, something else, an end, a reset. */
const SEQUELS: Readonly<Record<string, (socket: Socket, body: string) => void>> = {
  nothing: () => undefined,
  'half of the body': (socket, body) => socket.write(body.slice(0, 2)),
  'the body': (socket, body) => socket.write(body),
  'the body and more': (socket, body) => socket.write(`${body}GET /more HTTP/1.1\r\nHost: a.example\r\n\r\n`),
  nonsense: (socket) => socket.write('\u0000nonsense\r\n'.repeat(20)),
  'an end': (socket) => socket.end(),
  'a reset': (socket) => socket.resetAndDestroy(),
};

/** All that is said until the other end closes. */
const heard = async (socket: Socket): Promise<string> => {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined); // whoever says too much may be reset
  await new Promise((resolve) => socket.once('close', resolve));
  return text;
};

const statusesIn = (text: string): string[] =>
  [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, is = '']) => is);

/** A server that refuses everybody: its port is free again. */
const deadPort = async (): Promise<number> => {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

const at = ({ secondaries }: Settings, port: number): Settings['secondaries'] =>
  secondaries.map((each) => ({ ...each, at: `http://${HOST}:${String(port)}` }));

/** Doors that answer a WebSocket in ways of their own, with the status. */
const doors = async (): Promise<readonly (readonly [string, Settings, number])[]> => {
  const plain = plainSettings();
  const live = plainSettings({ checks: { ...plain.checks, from: 'live' }, entrances: new Map() });
  const relay = { ...DEFAULT_RELAY, webSockets: true };
  return [
    ['nobody asked', plain, 426],
    ['everybody asked', live, 426],
    [
      'another name',
      plainSettings({ names: ['b.example'] as unknown as NonNullable<Settings['names']> }),
      421,
    ],
    ['nobody there', { ...plain, relay, secondaries: at(plain, await deadPort()) }, 503],
  ];
};

// Newer Nodes hand out no socket where the body that is announced has not come yet, older ones the body with what is
// behind it: a door died of it.
for (const fastLane of [true, false]) {
  test(
    `who wants another protocol and owes a body gets one answer, ${fastLane ? 'in' : 'without'} the fast lane`,
    bounded,
    async (t) => {
      const { port, bugs } = await openDoor(t, { fastLane });
      for (const [name, [line, protocol, status]] of Object.entries(QUESTIONS)) {
        for (const [announced, body] of Object.values(BODIES)) {
          for (const [sequel, goOn] of Object.entries(SEQUELS)) {
            const socket = connect({ port, host: HOST, noDelay: true, allowHalfOpen: sequel === 'an end' });
            const hearing = heard(socket);
            await once(socket, 'connect');
            await new Promise((resolve) => socket.write(headOf(line, protocol, announced), resolve));
            goOn(socket, body);
            const said = statusesIn(await hearing);
            const isLost = said.length === 0 && sequel !== 'nothing' && sequel !== 'an end';
            if (!isLost) assert.deepEqual(said, [String(status)], `${name}, ${announced}, ${sequel}`);
          }
        }
      }
      assert.deepEqual(bugs, []);
    },
  );
}

test(
  'so does a WebSocket that nobody can be found for, or that was meant for another name',
  bounded,
  async (t) => {
    for (const [name, settings, status] of await doors()) {
      const { port, bugs } = await openDoor(t, { fastLane: true, settings });
      for (const [sequel, goOn] of Object.entries(SEQUELS)) {
        const socket = connect({ port, host: HOST, noDelay: true });
        const hearing = heard(socket);
        await once(socket, 'connect');
        await new Promise((resolve) => socket.write(headOf('GET /w', 'websocket', ''), resolve));
        goOn(socket, 'frames');
        const said = statusesIn(await hearing);
        if (sequel === 'nothing') assert.deepEqual(said, [String(status)], name);
        assert.ok(said.length < 2, `${name}, ${sequel}: ${said.join()}`);
      }
      assert.deepEqual(bugs, []);
    }
  },
);

test('so does he who comes over TLS', bounded, async (t) => {
  const { cert, key } = await makeCertificate('DNS:a.example');
  const { folder, remove } = await tempFolder({ 'cert.pem': cert, 'key.pem': key });
  t.after(remove);
  const tls = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  const { port, bugs } = await openDoor(t, {
    fastLane: true,
    settings: plainSettings({ listen: [{ host: HOST, port: 0, tls }] }),
  });
  for (const [line, protocol, status] of Object.values(QUESTIONS)) {
    for (const [announced] of Object.values(BODIES)) {
      const socket = connectTls({ port, host: HOST, rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const hearing = heard(socket);
      socket.write(headOf(line, protocol, announced));
      assert.deepEqual(statusesIn(await hearing), [String(status)], `${line}, ${protocol}, ${announced}`);
    }
  }
  assert.deepEqual(bugs, []);
});

test('his answer waits for those of his earlier questions', bounded, async (t) => {
  const { port } = await openDoor(t, { fastLane: false });
  const earlier =
    'GET /.usher/nothing HTTP/1.1\r\nHost: a.example\r\n\r\nGET /x HTTP/1.1\r\nHost: a.example\r\n\r\n';
  for (const [line, protocol, status] of Object.values(QUESTIONS)) {
    const socket = connect({ port, host: HOST });
    const hearing = heard(socket);
    socket.write(earlier + headOf(line, protocol, BODIES.length[0]));
    assert.deepEqual(statusesIn(await hearing), ['404', '302', String(status)], `${line}, ${protocol}`);
  }
});

test(
  'a WebSocket is carried to nobody whose handshake brings a body, or is no GET of HTTP/1.1',
  bounded,
  async (t) => {
    const web = await startWebServer(() => assert.fail('somebody was asked'));
    t.after(web.stop);
    const plain = plainSettings();
    const relay = { ...DEFAULT_RELAY, webSockets: true };
    const { port, bugs } = await openDoor(t, {
      fastLane: true,
      settings: { ...plain, relay, secondaries: at(plain, web.port) },
    });
    const handshakes = [
      ...Object.values(BODIES).map(([announced, body]) => headOf('GET /w', 'websocket', announced) + body),
      ...['POST', 'HEAD'].map((method) => headOf(`${method} /w`, 'websocket', '')),
      headOf('GET /w', 'websocket', '').replace('HTTP/1.1', 'HTTP/1.0'),
    ];
    for (const handshake of handshakes) {
      const socket = connect({ port, host: HOST, noDelay: true });
      const hearing = heard(socket);
      socket.write(`${handshake}frames`);
      assert.deepEqual(statusesIn(await hearing), ['426'], handshake);
    }
    assert.deepEqual(bugs, []);
  },
);

test(
  'who is sent on instead of getting his protocol hears that the connection ends, and it does',
  bounded,
  async (t) => {
    for (const fastLane of [true, false]) {
      const { port } = await openDoor(t, { fastLane });
      const socket = connect({ port, host: HOST });
      const hearing = heard(socket);
      socket.write(headOf('GET /w', 'foo', '').replace(', close', ''));
      assert.match(await hearing, /^HTTP\/1\.1 302 [^]*\r\nConnection: close\r\n\r\n$/);
    }
  },
);

// Node loses what comes in one packet behind such a head: nobody may wait for an answer to it.
test(
  'an answer to a wish for another protocol is the last of its connection, also one of our own pages',
  bounded,
  async (t) => {
    const { port } = await openDoor(t, { fastLane: true });
    const socket = connect({ port, host: HOST });
    const hearing = heard(socket);
    const head = headOf('GET /.usher/nothing', 'foo', '').replace(', close', '');
    socket.write(`${head}GET /next HTTP/1.1\r\nHost: a.example\r\n\r\n`);
    assert.match(await hearing, /^HTTP\/1\.1 404 [^]*\r\nConnection: close\r\n/);
  },
);

test('a secondary carries on what is no WebSocket, with its body', bounded, async (t: TestContext) => {
  const web = await startWebServer((request, response) => {
    const said: Buffer[] = [];
    request.on('data', (chunk: Buffer) => said.push(chunk));
    request.on('end', () => response.end(`got ${String(Buffer.concat(said))}`));
  });
  t.after(web.stop);
  const plain = plainSettings();
  const relay = { ...DEFAULT_RELAY, paths: ['/*'] };
  const { port, bugs } = await openDoor(t, {
    fastLane: true,
    settings: { ...plain, relay, secondaries: at(plain, web.port) },
  });
  for (const [announced, body] of Object.values(BODIES)) {
    const socket = connect({ port, host: HOST, noDelay: true });
    const hearing = heard(socket);
    await new Promise((resolve) => socket.write(headOf('POST /w', 'foo', announced), resolve));
    socket.write(body);
    assert.match(await hearing, /^HTTP\/1\.1 200 [^]*got hello/);
  }
  assert.deepEqual(bugs, []);
});

test(
  'a large answer to a wish for another protocol arrives whole, as slowly as it is read',
  bounded,
  async (t) => {
    const large = Buffer.alloc(16 * 1024 * 1024, 97);
    const web = await startWebServer((_request, response) => response.end(large));
    t.after(web.stop);
    const plain = plainSettings();
    const relay = { ...DEFAULT_RELAY, paths: ['/*'] };
    const { port } = await openDoor(t, {
      fastLane: true,
      settings: { ...plain, relay, secondaries: at(plain, web.port) },
    });
    const socket = connect({ port, host: HOST });
    t.after(() => socket.destroy());
    socket.write('GET /w HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n');
    const text = await heard(socket);
    assert.equal(text.length - text.indexOf('\r\n\r\n') - 4, large.length);
  },
);
