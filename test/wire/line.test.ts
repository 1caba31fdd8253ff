import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { Client } from 'undici';
import type { Origin } from '../../src/model/secondary.ts';
import { lineTo, openLine, type Line } from '../../src/wire/line.ts';
import { createLookup } from '../../src/wire/lookup.ts';
import { answering, startTcp } from '../real/tcp-server.ts';

test('questions of which one wants another certificate, name or family than the other share no line', () => {
  const plain = { at: 'https://127.0.0.1', path: '/', timeoutMs: 1000 } as const;
  const ways = [
    lineTo(plain),
    lineTo({ ...plain, certificate: 'any' }),
    lineTo({ ...plain, serverName: 'www.example.test' }),
    lineTo({ ...plain, serverName: 'any' }),
    lineTo({ ...plain, family: 4 }),
    lineTo({ ...plain, family: 6 }),
    lineTo({ ...plain, at: 'https://127.0.0.2' }),
  ];
  assert.equal(new Set(ways).size, ways.length);
  assert.equal(lineTo({ ...plain, path: '/other', method: 'POST', timeoutMs: 1 }), ways[0]);
});

/** Puts a plain question: 'answer' or the error's code, and whether the line was open just then. */
const asked = (line: Line): Promise<readonly [string | undefined, boolean]> =>
  new Promise((resolve) => {
    line.put({
      request: { path: '/', method: 'GET', reset: false },
      listener: {
        onRequestStart: () => undefined,
        onResponseStart: () => undefined,
        onResponseData: () => undefined,
        onResponseEnd: () => {
          resolve(['answer', line.isOpen()]);
        },
        onResponseError: (_, error) => {
          resolve([(error as NodeJS.ErrnoException).code, line.isOpen()]);
        },
      },
      connected: () => undefined,
      broken: () => undefined,
      came: () => undefined,
    });
  });

const plainLine = (t: TestContext, at: Origin): Line => {
  const line = openLine({ at, path: '/', timeoutMs: 5000 }, { lookup: createLookup(), make: Client });
  t.after(line.close);
  return line;
};

test('a line that ended with the answer is not open, and connects to nobody else', async (t) => {
  const server = await startTcp(answering('HTTP/1.1 200 OK\r\n\r\nhi'));
  t.after(server.stop);
  const line = plainLine(t, server.origin);
  assert.deepEqual(await asked(line), ['answer', false]);
  assert.deepEqual(await asked(line), ['ECONNRESET', false]);
  assert.equal(server.visits(), 1);
});

test('a line is open from its first answer until it is closed, and says when it has closed', async (t) => {
  const server = await startTcp((socket) => {
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'));
  });
  t.after(server.stop);
  const line = plainLine(t, server.origin);
  assert.equal(line.isOpen(), false);
  assert.deepEqual(await asked(line), ['answer', true]);
  assert.deepEqual(await asked(line), ['answer', true]);
  const closed = new Promise<void>(line.whenClosed);
  line.close();
  assert.equal(line.isOpen(), false);
  await closed;
  await server.idle();
});
