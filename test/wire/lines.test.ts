import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import test from 'node:test';
import { answering, startTcp } from '../real/tcp-server.ts';
import { wireOf } from './wire-of.ts';

const whole = (body: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** Answers the first, second, … request on each connection so, and keeps it open; no more answers: closes it. */
const answeringEach =
  (...answers: readonly string[]) =>
  (socket: Socket) => {
    const left = [...answers];
    socket.on('data', () => {
      const answer = left.shift();
      if (answer === undefined) socket.destroy();
      else socket.write(answer);
    });
  };

test('a question takes the connection that one before it has left, no other question does', async (t) => {
  const server = await startTcp(answeringEach(whole('one'), whole('two')));
  t.after(server.stop);
  const wire = wireOf(t);
  const question = { at: server.origin, path: '/', timeoutMs: 5000 } as const;
  const bodyOf = async (line?: 'leave' | 'take'): Promise<string | false> => {
    const answer = await wire.ask(line === undefined ? question : { ...question, line });
    return answer.ok && answer.body;
  };
  assert.equal(await bodyOf('take'), 'one');
  assert.equal(await bodyOf('leave'), 'one');
  assert.equal(await bodyOf(), 'one');
  assert.equal(server.visits(), 3);
  assert.equal(await bodyOf('take'), 'two');
  assert.equal(server.visits(), 3);
  assert.equal(await bodyOf('take'), 'one');
  assert.equal(server.visits(), 4);
  await server.idle();
});

test('a connection that was left for a question that does not come is closed', async (t) => {
  const server = await startTcp(answeringEach(whole('one')));
  t.after(server.stop);
  const wire = wireOf(t);
  assert.ok((await wire.ask({ at: server.origin, path: '/', timeoutMs: 5000, line: 'leave' })).ok);
  await server.idle();
});

test('a connection that is closed under a question is no failure: it is asked on another', async (t) => {
  const server = await startTcp(answeringEach(whole('one')));
  t.after(server.stop);
  const wire = wireOf(t);
  const question = { at: server.origin, path: '/', timeoutMs: 5000 } as const;
  assert.ok((await wire.ask({ ...question, line: 'leave' })).ok);
  const answer = await wire.ask({ ...question, line: 'take' });
  assert.equal(answer.ok && answer.body, 'one');
  assert.equal(server.visits(), 2);
});

test('one that the server closes with the answer is not gone back to', async (t) => {
  const server = await startTcp(answering(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhi`));
  t.after(server.stop);
  const wire = wireOf(t);
  for (const [line, visits] of [
    ['leave', 1],
    ['take', 2],
  ] as const) {
    const answer = await wire.ask({ at: server.origin, path: '/', timeoutMs: 5000, line });
    assert.equal(answer.ok && answer.body, 'hi');
    assert.equal(server.visits(), visits);
  }
});

test('what was sent unasked together with an answer is not taken for the next one', async (t) => {
  const server = await startTcp(answeringEach(whole('one') + whole('forged'), whole('two')));
  t.after(server.stop);
  const wire = wireOf(t);
  const question = { at: server.origin, path: '/', timeoutMs: 5000 } as const;
  const first = await wire.ask({ ...question, line: 'leave' });
  const second = await wire.ask({ ...question, line: 'take' });
  assert.equal(first.ok && first.body, 'one');
  assert.equal(second.ok && second.body, 'one');
  assert.equal(server.visits(), 2);
});

for (const [method, status] of [
  ['HEAD', '200 OK'],
  ['GET', '204 No Content'],
  ['GET', '304 Not Modified'],
] as const) {
  test(`a body that follows late on ${method} and ${status} is not taken for the next answer`, async (t) => {
    // The forged one is sent when the next question has come, before its answer: as late as it can be.
    const length = method === 'HEAD' ? `Content-Length: ${whole('forged').length}\r\n` : '';
    const head = `HTTP/1.1 ${status}\r\n${length}\r\n`;
    const server = await startTcp((socket) => {
      let isSecond = false;
      socket.on('data', (chunk: Buffer) => {
        if (chunk.toString().startsWith(`${method} /first `)) socket.write(head);
        else socket.write(isSecond ? whole('forged') : whole('two'));
        isSecond = true;
      });
    });
    t.after(server.stop);
    const wire = wireOf(t);
    const question = { at: server.origin, timeoutMs: 5000 } as const;
    assert.ok((await wire.ask({ ...question, path: '/first', method, line: 'leave' })).ok);
    const second = await wire.ask({ ...question, path: '/second', line: 'take' });
    assert.equal(second.ok && second.body, 'two');
    await server.idle();
  });
}

test('a question that takes a connection whose time is over is asked on another', async (t) => {
  const server = await startTcp(answeringEach(whole('one'), whole('two')));
  t.after(server.stop);
  const wire = wireOf(t);
  const question = { at: server.origin, path: '/', timeoutMs: 5000 } as const;
  assert.ok((await wire.ask({ ...question, line: 'leave' })).ok);
  // The loop stands still, and timers are its next turn: the connection is closed when the question is on its way.
  await new Promise(setImmediate);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
  const answer = await wire.ask({ ...question, line: 'take' });
  assert.equal(answer.ok && answer.body, 'one', answer.ok ? '' : answer.detail);
});

test('the limits of size and time hold for the second question as for the first', async (t) => {
  const flood = `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(20_000)}`;
  const drip = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx';
  for (const [answer, failure] of [
    [flood, 'too-large'],
    [`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(70_000)}`, 'too-large'],
    [drip, 'timeout'],
    ['SSH-2.0-OpenSSH_9.2\r\n', 'garbage'],
  ] as const) {
    const server = await startTcp(answeringEach(whole('x'.repeat(60_000)), answer));
    t.after(server.stop);
    const wire = wireOf(t);
    const question = { at: server.origin, path: '/', timeoutMs: 1000 } as const;
    assert.ok((await wire.ask({ ...question, line: 'leave' })).ok);
    const second = await wire.ask({ ...question, line: 'take' });
    assert.equal(second.ok ? second.status : second.failure, failure);
    assert.equal(server.visits(), 1);
    await server.idle();
  }
});
