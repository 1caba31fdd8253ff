import assert from 'node:assert/strict';
import test from 'node:test';
import { loads } from '../../src/loads/index.ts';
import { made } from '../contracts/made.ts';
import { startTcp } from '../real/tcp-server.ts';
import { wireOf } from '../wire/wire-of.ts';
import { readingOf, toldIn } from './readings.ts';

test('the words of an agent are its wish and its share', async () => {
  for (const [line, told] of [
    ['75%\n', { weightShare: 0.75 }],
    ['0%', { weightShare: 0 }],
    ['200%\n', { weightShare: 1 }],
    ['up\n', { wish: 'ready' }],
    ['READY 50%\r\n', { weightShare: 0.5, wish: 'ready' }],
    ['drain,12.5%\n', { weightShare: 0.125, wish: 'drain' }],
    ['maint\n', { wish: 'maintenance' }],
    ['down#disk full\n', { wish: 'down' }],
    ['fail # 75% of the disk\n', { wish: 'down' }],
    ['stopped\tmaxconn:30\n', { wish: 'down' }],
    ['up drain\n', { wish: 'drain' }],
    ['up 5%\ndown\n', { weightShare: 0.05, wish: 'ready' }],
  ] as const) {
    assert.deepEqual(toldIn(await readingOf('agent', { port: 9 }, line)), told, line);
  }
});

test('an agent that says anything else is not believed', async () => {
  for (const line of [
    '',
    '\n',
    '#why',
    'maxconn:30',
    '75',
    '-5%',
    '75%%',
    'up please',
    'HTTP/1.1 200 OK',
    'NaN%',
  ]) {
    assert.equal(toldIn(await readingOf('agent', { port: 9 }, line)), 'garbage', line);
  }
});

test('an agent is asked at its own port, and hears what it wants to hear', async (t) => {
  const server = await startTcp((socket) => {
    socket.once('data', (chunk: Buffer) =>
      socket.write(chunk.toString() === 'web1\n' ? 'up 40%\n' : 'down\n'),
    );
  });
  t.after(server.stop);
  const read = made(loads, 'agent', { port: server.port, send: 'web1\n' });
  const reading = await read({ id: 'web1', at: 'http://127.0.0.1:9', timeoutMs: 5000 }, wireOf(t));
  assert.deepEqual(toldIn(reading), { weightShare: 0.4, wish: 'ready' });
});
