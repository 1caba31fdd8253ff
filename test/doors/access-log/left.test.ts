import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { test } from 'node:test';
import { DEFAULT_RELAY } from '../../../src/config/schema/relay-schema.ts';
import type { AccessFacts } from '../../../src/doors/access-log/access-facts.ts';
import { openDoor, plainSettings } from '../a-door.ts';

test('who leaves before what he is carried to answers is told as such, and not by a status that nobody sent', async (t) => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const { port: at } = silent.address() as AddressInfo;
  const told = Promise.withResolvers<AccessFacts>();
  const [web] = plainSettings().secondaries;
  assert.ok(web !== undefined);
  const { port } = await openDoor(t, {
    fastLane: true,
    settings: plainSettings({
      relay: { ...DEFAULT_RELAY, paths: ['/*'] },
      secondaries: [{ ...web, at: `http://127.0.0.1:${String(at)}` }],
    }),
    accessLog: { write: told.resolve, reopen: () => undefined, close: () => Promise.resolve() },
  });
  const visitor = connect(port, '127.0.0.1');
  visitor.write('GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n');
  const [asked] = (await once(silent, 'connection')) as [Socket];
  await once(asked, 'data');
  visitor.destroy();
  const { status, bytes, secondary } = await told.promise;
  assert.deepEqual({ status, bytes, secondary }, { status: 499, bytes: 0, secondary: 'web8086' });
});
