import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { createTurn } from '../../../src/doors/public/turn.ts';

test('answers go out in their order, each once, at the end of the turn or when asked', async () => {
  const sent: [Socket, string][] = [];
  const turn = createTurn((socket, out) => sent.push([socket, out]));
  const [a, b] = [new Socket(), new Socket()];
  turn.post(a, 'first');
  turn.post(b, 'second');
  assert.deepEqual(sent, []);
  turn.flush();
  turn.post(a, 'third');
  await new Promise((resolve) => setImmediate(resolve));
  turn.flush();
  assert.deepEqual(sent, [
    [a, 'first'],
    [b, 'second'],
    [a, 'third'],
  ]);
});
