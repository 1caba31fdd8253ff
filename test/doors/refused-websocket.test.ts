import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { DEFAULT_RELAY } from '../../src/config/schema/relay-schema.ts';
import { openDoor, plainSettings } from './a-door.ts';

const HOST = '127.0.0.1';
const bounded = { timeout: 20_000 };
const HANDSHAKE =
  'GET /ws HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n';

/** A door that carries WebSockets to a secondary that says nothing by itself: its connections, one for each handshake. */
const openRefusing = async (t: TestContext) => {
  const asked: Socket[] = [];
  const waiting: ((socket: Socket) => void)[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined); // whoever is let go may be reset
    socket.once('data', () => {
      const tell = waiting.shift();
      if (tell === undefined) asked.push(socket);
      else tell(socket);
    });
  }).listen(0, HOST);
  await once(server, 'listening');
  t.after(() => server.close());
  const { port: at } = server.address() as AddressInfo;
  const [web] = plainSettings().secondaries;
  assert.ok(web !== undefined);
  const { port, bugs } = await openDoor(t, {
    fastLane: true,
    settings: plainSettings({
      relay: { ...DEFAULT_RELAY, webSockets: true },
      secondaries: [{ ...web, at: `http://${HOST}:${String(at)}` }],
    }),
  });
  const handshake = async (more = ''): Promise<{ readonly visitor: Socket; readonly secondary: Socket }> => {
    const visitor = connect({ port, host: HOST, noDelay: true });
    visitor.on('error', () => undefined);
    t.after(() => visitor.destroy());
    visitor.write(HANDSHAKE + more);
    const secondary = asked.shift() ?? (await new Promise<Socket>((resolve) => waiting.push(resolve)));
    t.after(() => secondary.destroy());
    return { visitor, secondary };
  };
  return { handshake, bugs };
};

/** All that is said until the other end closes. */
const heard = async (socket: Socket): Promise<string> => {
  const said: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => said.push(chunk));
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(said).toString('latin1');
};

const told = (text: string): { readonly head: string; readonly body: string } => {
  const end = text.indexOf('\r\n\r\n');
  return { head: text.slice(0, end + 2), body: text.slice(end + 4) };
};

const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

test('who is refused a WebSocket gets what the secondary says, and the end', bounded, async (t) => {
  const { handshake, bugs } = await openRefusing(t);
  const { visitor, secondary } = await handshake();
  secondary.write(
    'HTTP/1.1 403 Forbidden\r\nX-Why: rights\r\nKeep-Alive: timeout=9\r\nContent-Length: 2\r\n\r\nno',
  );
  const { head, body } = told(await heard(visitor));
  assert.match(head, /^HTTP\/1\.1 403 Forbidden\r\n/);
  assert.match(head, /\r\nx-why: rights\r\n/i);
  assert.match(head, /\r\ncontent-length: 2\r\n/i);
  assert.match(head, /\r\nconnection: close\r\n/i);
  assert.doesNotMatch(head, /keep-alive/i);
  assert.equal(body, 'no');
  assert.deepEqual(bugs, []);
});

for (const [how, head, said] of [
  ['in pieces', 'Transfer-Encoding: chunked', chunk('not ') + chunk('you') + chunk('')],
  ['until the end of its connection', 'Connection: close', 'not you'],
] as const) {
  test(`so he does where its length is not known, and it comes ${how}`, bounded, async (t) => {
    const { handshake, bugs } = await openRefusing(t);
    const { visitor, secondary } = await handshake();
    secondary.end(`HTTP/1.1 401 Unauthorized\r\n${head}\r\n\r\n${said}`);
    const { head: got, body } = told(await heard(visitor));
    assert.match(got, /^HTTP\/1\.1 401 Unauthorized\r\n[^]*\r\ntransfer-encoding: chunked\r\n/i);
    assert.match(got, /\r\nconnection: close\r\n/i);
    assert.match(body, /\r\n0\r\n\r\n$/);
    assert.equal(body.replaceAll(/[\da-f]+\r\n(.*)\r\n/g, '$1'), 'not you');
    assert.deepEqual(bugs, []);
  });
}

test('a large refusal arrives whole, also with one who spoke on before he had it', bounded, async (t) => {
  const { handshake, bugs } = await openRefusing(t);
  const { visitor, secondary } = await handshake('early');
  const half = 'a'.repeat(8 * 1024 * 1024);
  const hearing = heard(visitor);
  secondary.write(`HTTP/1.1 503 Busy\r\nContent-Length: ${String(2 * half.length)}\r\n\r\n${half}`);
  await new Promise((resolve) => visitor.write(Buffer.alloc(half.length, 98), resolve));
  secondary.write(half);
  assert.ok(told(await hearing).body === half + half);
  assert.deepEqual(bugs, []);
});

test('a refusal that is cut off is not taken for a whole one', bounded, async (t) => {
  const { handshake, bugs } = await openRefusing(t);
  const { visitor, secondary } = await handshake();
  const hearing = heard(visitor);
  secondary.write(`HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n${chunk('be')}`);
  await once(visitor, 'data');
  secondary.resetAndDestroy();
  assert.doesNotMatch(told(await hearing).body, /0\r\n\r\n$/);
  assert.deepEqual(bugs, []);
});

test('who leaves before a refusal is at its end takes it along', bounded, async (t) => {
  const { handshake, bugs } = await openRefusing(t);
  const { visitor, secondary } = await handshake();
  secondary.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nbe');
  await once(visitor, 'data');
  visitor.write('more');
  const left = once(secondary, 'close');
  visitor.destroy();
  await left;
  assert.deepEqual(bugs, []);
});

test('who leaves before it begins lets the secondary go', bounded, async (t) => {
  const { handshake, bugs } = await openRefusing(t);
  const { visitor, secondary } = await handshake();
  const left = once(secondary, 'close');
  visitor.destroy();
  await left;
  assert.deepEqual(bugs, []);
});
