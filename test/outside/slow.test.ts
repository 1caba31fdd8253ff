import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { freePort } from '../real/port.ts';
import { startLoad } from './load.ts';
import { startUsher, type Usher } from './usher.ts';

const SLOW = 300;

const start = async (): Promise<Usher> => {
  const secondaries = [{ port: await freePort() }, { port: await freePort() }];
  return startUsher({ config: { checks: { from: 'none' }, policy: 'random', secondaries } });
};

/** A visitor who says a byte every now and then, and never comes to an end. Resolves when he was shown out. */
const dawdle = async (port: number, firstWords: string, everyMs: number): Promise<void> => {
  const socket = connect({ port, host: '127.0.0.1' });
  // Being cut off is what is expected.
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  socket.resume();
  socket.write(firstWords);
  const drip = setInterval(() => socket.write('x'), everyMs);
  await closed;
  clearInterval(drip);
};

test(`${SLOW} visitors who never finish a request are shown out, and nobody else notices`, async (t) => {
  const usher = await start();
  t.after(usher.stop);
  const load = startLoad({ port: usher.port, visitors: 2, pauseMs: 5 });
  t.after(load.stop);
  const words = ['GET / HTTP/1.1\r\nHost: www.example.org\r\nX-', 'GET /', ''];
  const startedAt = Date.now();
  await Promise.all(Array.from({ length: SLOW }, (_, n) => dawdle(usher.port, words[n % 3]!, 500)));
  const tookMs = Date.now() - startedAt;
  await load.stop();
  assert.ok(tookMs < 45_000, `the last one left after ${tookMs} ms`);
  assert.deepEqual(load.failures, []);
  // far less than the slow ones take: nobody waited for them
  assert.ok(load.longestMs() < 5_000, `somebody waited ${load.longestMs()} ms`);
});

test('a visitor whose body never ends is answered at once and shown out', async (t) => {
  const usher = await start();
  t.after(usher.stop);
  const startedAt = Date.now();
  const head = 'POST /form HTTP/1.1\r\nHost: www.example.org\r\nContent-Length: 1000000000\r\n\r\n';
  await Promise.all(Array.from({ length: 50 }, () => dawdle(usher.port, head, 200)));
  assert.ok(Date.now() - startedAt < 45_000);
});
