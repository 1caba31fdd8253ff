import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { openDoor } from '../a-door.ts';

/** More answers of 7 kB than the buffers of both ends of a connection hold. */
const FAR_TOO_MANY = 20_000;
const QUESTION = `GET /${'x'.repeat(7_000)} HTTP/1.1\r\nHost: www.example.org\r\n\r\n`;

for (const fastLane of [true, false]) {
  test(`a visitor who asks on and on but never reads is not answered on and on, ${fastLane ? 'in' : 'without'} the fast lane`, async (t) => {
    const { port, ledger } = await openDoor(t, { fastLane });
    const answered = (): number => ledger.chosen(0);
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    t.after(() => socket.destroy());
    await once(socket, 'connect');
    socket.pause();
    // Each question waits until the one before was answered, so that it is taken as it comes.
    for (let asked = 1; ; asked += 1) {
      socket.write(QUESTION);
      const end = Date.now() + 1_000;
      while (answered() < asked && Date.now() < end) await new Promise((resolve) => setImmediate(resolve));
      if (answered() < asked) break;
      assert.ok(asked < FAR_TOO_MANY, `${asked} answers that nobody read`);
    }
  });
}
