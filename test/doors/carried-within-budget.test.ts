import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { test, type TestContext } from 'node:test';
import type { RelaySettings } from '../../src/config/settings.ts';
import { DEFAULT_RELAY } from '../../src/config/schema/relay-schema.ts';
import { openDoor, plainSettings } from './a-door.ts';

const HALF = 500_000;
/** What everybody gets in one portion, of a megabyte an hour, and a head or two. */
const LITTLE = 2000;

/** A secondary that has two megabytes for everybody, by HTTP, by WebSocket, or in a moment; and the door. */
const openDownloads = async (t: TestContext, relay: Partial<RelaySettings>) => {
  let taken = 0;
  const much = (to: NodeJS.WritableStream): void => {
    to.end(Buffer.alloc(4 * HALF, 97));
  };
  const server = createServer((asked, response) => {
    asked.on('data', (chunk: Buffer) => (taken += chunk.length));
    if (asked.url === '/quiet') response.write('more');
    else if (asked.url === '/soon') setTimeout(() => response.end('here'), 100);
    else if (asked.method === 'GET') much(response);
  });
  server.on('upgrade', (asked: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    socket.write(
      asked.url === '/refused'
        ? 'HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n'
        : 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    );
    much(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port: at } = server.address() as AddressInfo;
  const [web] = plainSettings().secondaries;
  assert.ok(web !== undefined);
  const { port } = await openDoor(t, {
    fastLane: true,
    settings: plainSettings({
      relay: { ...DEFAULT_RELAY, paths: ['/*'], ...relay },
      secondaries: [{ ...web, at: `http://127.0.0.1:${String(at)}` }],
    }),
  });
  return { url: `http://127.0.0.1:${String(port)}`, taken: () => taken };
};

/** Reads until so much has come, and tells how much did. */
const read = async (from: NodeJS.ReadableStream, until: number): Promise<number> => {
  let bytes = 0;
  for await (const chunk of from) {
    bytes += (chunk as Buffer).length;
    if (bytes >= until) break;
  }
  return bytes;
};

for (const way of ['a download', 'a WebSocket', 'the refusal of one', 'an upload'] as const) {
  test(`${way} goes on slowly once the bytes are used up, and nobody new begins`, async (t) => {
    const { url, taken } = await openDownloads(t, { bytesPerHour: 2 * HALF });
    const gone = new AbortController();
    t.after(() => {
      gone.abort();
    });
    const headers = { connection: 'upgrade', upgrade: 'websocket' };
    if (way === 'a download' || way === 'the refusal of one') {
      const asked =
        way === 'a download'
          ? get(`${url}/much`, { signal: gone.signal })
          : get(`${url}/refused`, { headers, signal: gone.signal });
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      answer.on('error', () => undefined);
      const bytes = await read(answer, HALF - LITTLE);
      assert.ok(bytes < HALF + LITTLE, String(bytes));
    } else if (way === 'a WebSocket') {
      const asked = get(`${url}/much`, { headers, signal: gone.signal });
      asked.on('error', () => undefined);
      const [, socket, head] = (await once(asked, 'upgrade')) as [IncomingMessage, Duplex, Buffer];
      const bytes = head.length + (await read(socket, HALF - LITTLE - head.length));
      assert.ok(bytes < HALF + LITTLE, String(bytes));
    } else {
      const asked = request(`${url}/much`, { method: 'POST', signal: gone.signal });
      asked.on('error', () => undefined);
      asked.write(Buffer.alloc(4 * HALF, 97));
      while (taken() < HALF - LITTLE) await new Promise((resolve) => setTimeout(resolve, 20));
      assert.ok(taken() < HALF + LITTLE, String(taken()));
    }
    const full = await fetch(`${url}/soon`);
    assert.equal(full.status, 503);
    assert.match(await full.text(), /The side entrance is full/);
    const told = await fetch(`${url}/soon`, { headers: { accept: 'application/json' } });
    assert.deepEqual([told.status, told.headers.get('retry-after')], [503, '15']);
    const direct = 'http://127.0.0.1:8086/soon';
    assert.deepEqual(await told.json(), {
      url: null,
      alternatives: [direct],
      because: 'relay-full',
      ttl: 15,
    });
  });
}

test('an office behind one address is not refused while its first pages load', async (t) => {
  const { url } = await openDownloads(t, { connections: 8 });
  const statuses = await Promise.all(
    Array.from({ length: 12 }, async () => (await fetch(`${url}/soon`)).status),
  );
  assert.deepEqual(
    statuses,
    statuses.map(() => 200),
  );
});

test('a place is free again soon after its visitor left a stream in which nothing comes', async (t) => {
  const { url } = await openDownloads(t, { connections: 1 });
  const gone = new AbortController();
  const [quiet] = (await once(get(`${url}/quiet`, { signal: gone.signal }), 'response')) as [IncomingMessage];
  quiet.on('error', () => undefined);
  assert.equal((await fetch(`${url}/soon`)).status, 503);
  gone.abort();
  const since = performance.now();
  while ((await fetch(`${url}/soon`)).status === 503);
  // Far from the 60 s of silence after which anybody's place is taken.
  assert.ok(performance.now() - since < 30_000);
});
