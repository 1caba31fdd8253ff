import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { DEFAULT_RELAY } from '../../../src/config/schema/relay-schema.ts';
import {
  connectionsWithin,
  DOOR_LIMITS,
  sweepMsOf,
  type DoorLimits,
} from '../../../src/doors/public/limits.ts';
import { allocateTurnout, openTurnout } from '../../../src/doors/public/turnout.ts';
import { openDoor, plainSettings } from '../a-door.ts';
import { exchange } from '../exchange.ts';

const QUESTION = 'GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n';
const SENT_ON = 'HTTP/1.1 302 Found\r\n';

const LISTEN = { host: '127.0.0.1', port: 0 };

const limited = (limits: Partial<DoorLimits>): DoorLimits => ({ ...DOOR_LIMITS, ...limits });

const open = async (t: TestContext, port: number): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  t.after(() => socket.destroy());
  socket.on('error', () => undefined); // whoever is cut may be reset
  await once(socket, 'connect');
  return socket;
};

const answersIn = (text: string): string[] => text.split(/(?=HTTP\/1\.1 )/);

for (const fastLane of [true, false]) {
  const lane = fastLane ? 'in' : 'without';

  test(`the last request that a connection may bring is told so, ${lane} the fast lane`, async (t) => {
    const { port, ledger } = await openDoor(t, { fastLane, limits: limited({ mostRequests: 3 }) });
    for (const pieces of [Array<string>(5).fill(QUESTION), [QUESTION.repeat(5)]]) {
      const before = ledger.chosen(0);
      const answers = answersIn(await exchange(port, pieces));
      assert.deepEqual(
        answers.map((answer) => [answer.startsWith(SENT_ON), answer.includes('\r\nConnection: close\r\n')]),
        [
          [true, false],
          [true, false],
          [true, true],
        ],
      );
      assert.equal(ledger.chosen(0) - before, 3);
    }
  });

  test(`a connection that waits too long for its next request is closed without a word, ${lane} the fast lane`, async (t) => {
    const { port } = await openDoor(t, { fastLane, limits: limited({ idleMs: 200 }) });
    assert.deepEqual(answersIn(await exchange(port, [QUESTION])).length, 1);
  });

  test(`who never ends his head is told that it takes too long, ${lane} the fast lane`, async (t) => {
    const { port } = await openDoor(t, { fastLane, limits: limited({ headMs: 200 }) });
    const [answer, ...more] = answersIn(await exchange(port, [QUESTION.slice(0, -2)]));
    assert.match(answer ?? '', /^HTTP\/1\.1 408 /);
    assert.deepEqual(more, []);
  });

  test(`who comes when as many connections are open as there may be is turned away, ${lane} the fast lane`, async (t) => {
    const { port, dropped } = await openDoor(t, { fastLane, limits: limited({ mostConnections: 2 }) });
    const first = await open(t, port);
    first.write(QUESTION);
    await once(first, 'data');
    const second = await open(t, port);
    second.write(QUESTION);
    await once(second, 'data');
    assert.equal(await exchange(port, [QUESTION]), '');
    assert.equal(dropped.count, 1);
    const left = once(first, 'close');
    first.end();
    await left;
    // The server may see the end a moment after the one who left.
    let text = '';
    while (!text.startsWith(SENT_ON)) {
      text = await exchange(port, [QUESTION.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')]);
    }
  });

  test(`who asks but never reads his answers is cut, ${lane} the fast lane`, async (t) => {
    const limits = limited({ idleMs: 300, stillMs: 300 });
    const { port } = await openDoor(t, { fastLane, limits });
    const socket = await open(t, port);
    socket.pause();
    const long = QUESTION.replace('/x', `/${'x'.repeat(7000)}`);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    // More than both kernels hold; what is written to one that was cut is answered by a reset.
    const asking = setInterval(() => {
      if (socket.writableLength < 1e6) socket.write(long.repeat(20));
    }, 5);
    t.after(() => {
      clearInterval(asking);
    });
    await closed;
  });
}

test('who all come at once to one of two listeners are let in while places are free', async (t) => {
  const turnout = openTurnout(allocateTurnout(2));
  const settings = plainSettings({ listen: [LISTEN, LISTEN] });
  const shared = { most: () => 100, turnout, thread: 0, threads: 2 };
  const { ports, dropped } = await openDoor(t, { fastLane: true, settings, shared });
  const coming = Array.from({ length: 90 }, async () => {
    const socket = await open(t, ports[1] ?? 0);
    socket.write(QUESTION);
    await Promise.race([once(socket, 'data'), once(socket, 'close')]);
  });
  await Promise.all(coming);
  assert.equal(dropped.count, 0);
});

test('what a door needs no more it gives back to other threads', { timeout: 20_000 }, async (t) => {
  const turnout = openTurnout(allocateTurnout(2));
  const shared = { most: () => 100, turnout, thread: 0, threads: 2 };
  await openDoor(t, { fastLane: true, limits: limited({ idleMs: 200 }), shared });
  assert.equal(turnout.promise(1, 100, 100), 96);
  turnout.note(1, 96);
  while (!t.signal.aborted && turnout.promise(1, 100, 100) < 99)
    await new Promise((resolve) => setImmediate(resolve));
});

test('who says nothing at all is shown out, over Node with a word', async (t) => {
  const limits = limited({ idleMs: 200, headMs: 200 });
  const [inLane, without] = await Promise.all(
    [true, false].map(async (fastLane) => exchange((await openDoor(t, { fastLane, limits })).port, [])),
  );
  assert.equal(inLane, '');
  assert.match(without ?? '', /^HTTP\/1\.1 408 /);
});

test('what is no HTTP is refused and counted', async (t) => {
  const { port, ledger } = await openDoor(t, { fastLane: true, limits: limited({ headMs: 200 }) });
  for (const [what, status] of [
    ['GARBAGE\r\n\r\n', '400'],
    ['GET / HTTP/1.1\r\nHost: a.example\r\nReferer: \x1b\r\n\r\n', '400'],
    [QUESTION.replace('\r\n\r\n', `\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`), '431'],
    [QUESTION.slice(0, -2), '408'],
  ] as const) {
    const before = ledger.counted(status);
    assert.match(await exchange(port, [what]), new RegExp(`^HTTP/1\\.1 ${status} `));
    assert.equal(ledger.counted(status), before + 1, what.slice(0, 80));
  }
});

test('whoever is slow is gone after six seconds', () => {
  const { idleMs, headMs } = DOOR_LIMITS;
  // In the lane and over Node each is found by the round after the one in which his time was over.
  for (const spanMs of [idleMs + sweepMsOf(DOOR_LIMITS), headMs + headMs / 5])
    assert.ok(spanMs <= 6000, String(spanMs));
});

test('connections leave files for the rest, and take no more than all threads and listeners bear', () => {
  const settings = plainSettings();
  const relayed = { ...settings, relay: { ...DEFAULT_RELAY, connections: 100 } };
  assert.equal(connectionsWithin(undefined, settings), 25_000);
  assert.equal(connectionsWithin(524_288, { ...settings, threads: 4 }), 100_000);
  assert.equal(connectionsWithin(1024, settings), 1024 - 64 - 8 - 2);
  assert.equal(connectionsWithin(1024, { ...settings, threads: 4 }), 1024 - 64 - 4 * 8 - 2);
  assert.equal(connectionsWithin(1024, relayed), 1024 - 64 - 8 - 2 - 100);
  assert.equal(connectionsWithin(150, relayed), 50);
  assert.equal(connectionsWithin(60, { ...settings, threads: 32 }), 32);
});
