import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { Answer } from '../../../src/dispatch/answer.ts';
import { openFastLane } from '../../../src/doors/public/fast-lane.ts';
import type { Service } from '../../../src/doors/public/service.ts';

const question = (path: string, more = ''): Buffer =>
  Buffer.from(`GET /${path} HTTP/1.1\r\nHost: a.example\r\n${more}\r\n`);
const last = (path: string): Buffer => question(path, 'Connection: close\r\n');

/** A lane with one visitor, and the door's end of his connection, into which a test puts what came in one turn. */
const openLane = async (t: TestContext, idleMs = 60_000) => {
  const answered: string[] = [];
  const service = {
    takes: () => true,
    dispatch: ({ url }): Answer =>
      ({ reply: { status: 302, headers: ['Location', url], body: '' } }) as unknown as Answer,
  } satisfies Partial<Service>;
  const server = createServer();
  t.after(() => server.close());
  const limits = { idleMs, mostRequests: 1000 };
  const dated = () => ({ date: '', end: 'Content-Length: 0\r\n' });
  const lane = openFastLane(server, { service: () => service as unknown as Service, dated, limits });
  t.after(() => {
    lane.cut();
    lane.stop();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const visitor = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  t.after(() => visitor.destroy());
  visitor.on('data', (chunk: Buffer) => answered.push(...(String(chunk).match(/(?<=Location: )\S+/g) ?? [])));
  const [socket] = (await once(server, 'connection')) as [Socket];
  return { visitor, socket, answered };
};

const bounded = { timeout: 20_000 };

test('a last answer goes out behind those before it that came in the same turn', bounded, async (t) => {
  const { visitor, socket, answered } = await openLane(t);
  socket.push(question('1'));
  socket.push(last('2'));
  await once(visitor, 'close');
  assert.deepEqual(answered, ['/1', '/2']);
});

test('who ends in the turn in which he asks has his answer', bounded, async (t) => {
  const { visitor, socket, answered } = await openLane(t);
  socket.push(question('1'));
  socket.push(null);
  socket.read(0); // as Node does where the other side ends
  await once(visitor, 'close');
  assert.deepEqual(answered, ['/1']);
});

test(
  'who goes on behind his last question is not reset, who does not is let go at once',
  bounded,
  async (t) => {
    const calm = await openLane(t);
    calm.socket.push(last('1'));
    assert.equal(calm.socket.destroyed, true);
    const eager = await openLane(t);
    eager.socket.push(Buffer.concat([last('1'), question('2')]));
    assert.deepEqual([eager.socket.destroyed, eager.socket.writableEnded], [false, true]);
  },
);

test('who asks every now and then is not idle', bounded, async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { visitor, answered, socket } = await openLane(t, 1000);
  for (const path of ['1', '2', '3']) {
    visitor.write(question(path));
    await once(visitor, 'data');
    t.mock.timers.tick(900);
  }
  assert.equal(socket.destroyed, false);
  assert.deepEqual(answered, ['/1', '/2', '/3']);
  t.mock.timers.tick(300);
  assert.equal(socket.destroyed, true);
});
