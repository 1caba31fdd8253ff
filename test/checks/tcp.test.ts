import assert from 'node:assert/strict';
import test from 'node:test';
import { checks } from '../../src/checks/index.ts';
import { made } from '../contracts/made.ts';
import { freePort } from '../real/port.ts';
import { startTcp } from '../real/tcp-server.ts';
import { wireOf } from '../wire/wire-of.ts';

test('a port that accepts passes, whether it is the one of `at` or another', async (t) => {
  const server = await startTcp((socket) => void socket.resume());
  t.after(server.stop);
  const wire = wireOf(t);
  const subject = { id: 'web1', at: server.origin, timeoutMs: 5000 };
  for (const options of [{}, { port: true }]) {
    assert.equal((await made(checks, 'tcp', options)(subject, wire)).ok, true);
  }
  const elsewhere = { ...subject, at: 'http://127.0.0.1:9' } as const;
  assert.equal((await made(checks, 'tcp', { port: server.port })(elsewhere, wire)).ok, true);
});

test('a port where nobody listens fails', async (t) => {
  const subject = { id: 'web1', at: `http://[::1]:${await freePort()}`, timeoutMs: 5000 } as const;
  const outcome = await made(checks, 'tcp')(subject, wireOf(t));
  assert.equal(!outcome.ok && outcome.failure, 'refused');
});

test('a port that is none is refused', () => {
  for (const port of [0, 65_536, 1.5, false, '80']) assert.throws(() => made(checks, 'tcp', { port }));
});
