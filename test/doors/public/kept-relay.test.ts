import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { DEFAULT_RELAY } from '../../../src/config/schema/relay-schema.ts';
import { openDoor, plainSettings } from '../a-door.ts';

/** A door that carries everything to a secondary, which leads on to a page of its own, or takes a WebSocket. */
const openCarrying = async (t: TestContext) => {
  const server = createServer((_, response) => response.writeHead(302, { location: `${at}/page` }).end());
  server.on('upgrade', (_, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const at = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` as const;
  const carried = { relay: { ...DEFAULT_RELAY, paths: ['/*'] } };
  const secondaries = plainSettings().secondaries.map((each) => ({ ...each, at }));
  const { port, relay } = await openDoor(t, {
    fastLane: true,
    settings: plainSettings({ ...carried, secondaries }),
  });
  const url = `http://127.0.0.1:${String(port)}`;
  return {
    ...{ relay, url },
    /** Carried by settings that list the secondary, he stays behind the door; by others he is led to it. */
    settings: { here: { ...carried, secondaries }, elsewhere: { ...carried, secondaries: [] } },
    led: { here: `${url}/page`, elsewhere: `${at}/page` },
    isLedTo: async () => (await fetch(url, { redirect: 'manual' })).headers.get('location'),
  };
};

test('who is still to be carried when nobody new is goes by the settings before, the first as well', async (t) => {
  const { relay, led, isLedTo } = await openCarrying(t);
  for (const visit of ['the first', 'another']) {
    relay.update(undefined);
    assert.equal(await isLedTo(), led.here, visit);
  }
});

test('whoever comes now is carried by the settings of now, the first as well, and by the relay of before', async (t) => {
  const { relay, settings, led, isLedTo } = await openCarrying(t);
  const opened = new Set();
  for (const where of ['elsewhere', 'here', 'elsewhere'] as const) {
    relay.update(settings[where]);
    assert.equal(await isLedTo(), led[where]);
    opened.add(await relay.open());
  }
  assert.equal(opened.size, 1);
});

test('those who come at once while it loads share one relay, which goes by what was said meanwhile', async (t) => {
  const { relay, settings, led, isLedTo } = await openCarrying(t);
  const opened = Promise.all([relay.open(), relay.open()]);
  relay.update(settings.elsewhere);
  const [one, other] = await opened;
  assert.equal(one, other);
  assert.equal(await isLedTo(), led.elsewhere);
});

test(
  'a relay that is stopped ends its WebSockets; one that carried nobody has nothing to stop',
  { timeout: 20_000 },
  async (t) => {
    const { relay, url } = await openCarrying(t);
    relay.stop();
    const asked = get(url, { headers: { connection: 'upgrade', upgrade: 'websocket' } });
    const [, socket] = (await once(asked, 'upgrade')) as [IncomingMessage, Duplex];
    const closed = once(socket.resume(), 'close');
    relay.stop();
    await closed;
  },
);
