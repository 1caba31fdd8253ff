import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { openDoor } from '../a-door.ts';

const HEADS = {
  'another protocol': 'GET /x HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n',
  'a WebSocket': 'GET /x HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  'a tunnel': 'CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n',
  'a bad head': 'GET /x HTTP/1.1\r\nHost : a.example\r\n\r\n',
};

for (const [name, head] of Object.entries(HEADS)) {
  test(`a visitor who asked for ${name} and stays silent after the answer holds no connection`, async (t) => {
    const { port } = await openDoor(t, { fastLane: true });
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    t.after(() => socket.destroy());
    const answer: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => answer.push(chunk));
    socket.write(head);
    await once(socket, 'end');
    assert.match(String(Buffer.concat(answer)), /^HTTP\/1\.1 [34]\d\d /);
    const lost = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    // Only a socket that nobody holds any more answers this by a reset.
    const asking = setInterval(() => socket.write('x'), 20);
    t.after(() => {
      clearInterval(asking);
    });
    await lost;
  });
}
