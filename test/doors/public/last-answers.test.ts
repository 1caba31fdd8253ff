import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { Readable, Writable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { DOOR_LIMITS } from '../../../src/doors/public/limits.ts';
import { openDoor } from '../a-door.ts';

const question = (path: string, more = ''): string =>
  `GET /${path} HTTP/1.1\r\nHost: a.example\r\n${more}\r\n`;

const open = async (t: TestContext, port: number): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  t.after(() => socket.destroy());
  socket.on('error', () => undefined); // what came too late may be reset
  await once(socket, 'connect');
  return socket;
};

const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n += 1) await new Promise((resolve) => setImmediate(resolve));
};

for (const fastLane of [true, false]) {
  const lane = fastLane ? 'in' : 'without';
  test(`who asks on after his last answer is neither answered nor counted, ${lane} the fast lane`, async (t) => {
    const { port, ledger } = await openDoor(t, { fastLane });
    const socket = await open(t, port);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    const ended = once(socket, 'end');
    socket.write(question('1', 'Connection: close\r\n') + question('2'));
    await ended;
    for (const path of ['3', '4']) {
      socket.write(question(path));
      await turns(50);
    }
    assert.equal(text.split('HTTP/1.1 302').length - 1, 1);
    assert.equal(ledger.chosen(0), 1);
  });

  test(`who asks when the door has just begun to close gets a last answer that says so, ${lane} the fast lane`, async (t) => {
    const { port, door } = await openDoor(t, { fastLane });
    const socket = await open(t, port);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.write(question('before'));
    while (!text.includes('/before')) await once(socket, 'data');
    const stopped = door.stop(5000);
    const ended = once(socket, 'end');
    socket.write(question('after'));
    await ended;
    const [, last = ''] = text.split('/before');
    assert.match(last, /:8086\/after\r\n/);
    assert.match(last, /\r\nConnection: close\r\n/);
    socket.end();
    await stopped;
  });

  test(
    `a door that closes does not wait for who was answered and never leaves, ${lane} the fast lane`,
    { timeout: 20_000 },
    async (t) => {
      const { port, door } = await openDoor(t, { fastLane, limits: { ...DOOR_LIMITS, idleMs: 60_000 } });
      const silent = await open(t, port);
      const answered = await open(t, port);
      answered.write(question('before'));
      await once(answered, 'data');
      await door.stop(60_000);
      silent.destroy();
    },
  );
}

test('answers come in the order of the questions, also where Node takes over while the lane waits for a reader', async (t) => {
  const { port } = await openDoor(t, { fastLane: true });
  const lane = { wasWaiting: false };
  // The kernel has taken all that it takes: how much that is differs from machine to machine, and with its load.
  t.mock.method(Socket.prototype, 'write', function (this: Socket, ...args: Parameters<Writable['write']>) {
    return Writable.prototype.write.apply(this, args) && !String(args[0]).includes(':8086/answered');
  });
  t.mock.method(Socket.prototype, 'unshift', function (this: Socket, unread: Buffer) {
    lane.wasWaiting ||= this.isPaused();
    Readable.prototype.unshift.call(this, unread);
  });
  const preflight = (path: string): string => question(path).replace('GET', 'OPTIONS');
  const socket = await open(t, port);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.write(question('answered') + preflight('first'));
  while (!lane.wasWaiting) await turns(1);
  socket.write(preflight('second'));
  while (!text.includes(':8086/second')) await once(socket, 'data');
  assert.deepEqual(text.match(/(?<=:8086\/)\w+/g), ['answered', 'first', 'second']);
});
