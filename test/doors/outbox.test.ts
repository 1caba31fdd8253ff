import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { createOutbox } from '../../src/doors/outbox.ts';

test('answers go out in their order, each once, at the end of the turn or when asked', async () => {
  const sent: [Socket, string][] = [];
  const outbox = createOutbox((socket, out) => sent.push([socket, out]));
  const [a, b] = [new Socket(), new Socket()];
  outbox.post(a, 'first');
  outbox.post(b, 'second');
  assert.deepEqual(sent, []);
  outbox.flush();
  outbox.post(a, 'third');
  await new Promise((resolve) => setImmediate(resolve));
  outbox.flush();
  assert.deepEqual(sent, [
    [a, 'first'],
    [b, 'second'],
    [a, 'third'],
  ]);
});
