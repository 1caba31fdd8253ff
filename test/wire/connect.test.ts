import assert from 'node:assert/strict';
import test from 'node:test';
import { freePort } from '../real/port.ts';
import { startTcp } from '../real/tcp-server.ts';
import { wireOf } from './wire-of.ts';

test('connecting is enough where nothing is to be read', async (t) => {
  const server = await startTcp((socket) => void socket.resume());
  t.after(server.stop);
  const { host, port } = server;
  assert.deepEqual(await wireOf(t).connect({ host, port, timeoutMs: 5000 }), { ok: true, text: '' });
  await server.idle();
});

test('an answer is read to its first newline, its end, or 4 KiB', async (t) => {
  const cases = [
    { sent: 'up 75%\nmore', closes: false, text: /^up 75%\n/ },
    { sent: 'up 75%', closes: true, text: /^up 75%$/ },
    { sent: '', closes: true, text: /^$/ },
    { sent: 'a'.repeat(100_000), closes: false, text: /^a{4096}$/ },
  ];
  for (const { sent, closes, text } of cases) {
    const server = await startTcp((socket) => {
      socket.resume();
      if (closes) socket.end(sent);
      else socket.write(sent);
    });
    const { host, port } = server;
    const answer = await wireOf(t).connect({ host, port, timeoutMs: 5000, read: true });
    await server.idle();
    await server.stop();
    assert.ok(answer.ok);
    assert.match(answer.text, text);
  }
});

test('what is to be said is said first', async (t) => {
  const server = await startTcp((socket) => {
    socket.once('data', (chunk: Buffer) => socket.end(`heard ${chunk.toString()}`));
  });
  t.after(server.stop);
  const { host, port } = server;
  const answer = await wireOf(t).connect({ host, port, timeoutMs: 5000, read: true, say: 'hello' });
  assert.deepEqual(answer, { ok: true, text: 'heard hello' });
});

test('silence after the connection ends when the time is up', async (t) => {
  const server = await startTcp((socket) => void socket.resume());
  t.after(server.stop);
  const { host, port } = server;
  const answer = await wireOf(t).connect({ host, port, timeoutMs: 100, read: true });
  await server.idle();
  assert.deepEqual(answer, { ok: false, failure: 'timeout', detail: 'the answer took longer than 100 ms' });
});

test('refused and reset are told apart', async (t) => {
  const wire = wireOf(t);
  const refused = await wire.connect({ host: '127.0.0.1', port: await freePort(), timeoutMs: 5000 });
  assert.equal(!refused.ok && refused.failure, 'refused');
  const server = await startTcp((socket) => {
    socket.once('data', () => void socket.resetAndDestroy());
  });
  t.after(server.stop);
  const { host, port } = server;
  const reset = await wire.connect({ host, port, timeoutMs: 5000, read: true, say: 'x' });
  assert.equal(!reset.ok && reset.failure, 'reset');
});
