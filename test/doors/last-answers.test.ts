import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { openDoor, plainSettings } from './a-door.ts';

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
}

test('answers come in the order of the questions, also where Node takes over while the lane waits for a reader', async (t) => {
  const settings = plainSettings({
    delivery: { name: 'page', options: { mode: 'assigned', ask: '/favicon.ico' } },
  });
  const { port, ledger } = await openDoor(t, { fastLane: true, settings });
  const page = (path: number): string => question(`${path}-${'x'.repeat(7000)}`, 'Accept: text/html\r\n');
  const preflight = (path: string): string => question(path).replace('GET', 'OPTIONS');
  const lane = { wasWaiting: false };
  t.mock.method(Socket.prototype, 'unshift', function (this: Socket, unread: Buffer) {
    lane.wasWaiting ||= this.isPaused();
    Readable.prototype.unshift.call(this, unread);
  });

  /** Asks for pages without reading; a preflight comes with the page of that number. Ends there, or where nobody answers. */
  const ask = async (socket: Socket, last: number): Promise<number> => {
    socket.pause();
    for (let asked = 1; ; asked += 1) {
      const before = ledger.chosen(0);
      socket.write(asked === last ? page(asked) + preflight('first') : page(asked));
      const end = Date.now() + 1000;
      while (ledger.chosen(0) === before && Date.now() < end) await turns(1);
      await turns(2);
      if (asked === last || ledger.chosen(0) === before) return asked;
    }
  };
  const full = await ask(await open(t, port), Infinity);
  for (let last = full - 1; !lane.wasWaiting && last > full - 12; last -= 1) {
    const socket = await open(t, port);
    await ask(socket, last);
    socket.write(preflight('second'));
    await turns(200);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1'))).resume();
    while (!text.includes(':8086/second')) await once(socket, 'data');
    const order = text.match(/(?<=:8086\/)(?:first|second)/g);
    assert.deepEqual([...new Set(order)], ['first', 'second']);
  }
  assert.ok(lane.wasWaiting, 'the lane never waited when Node took over');
});
