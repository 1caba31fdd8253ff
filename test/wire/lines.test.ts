import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import test from 'node:test';
import type { Origin } from '../../src/model/secondary.ts';
import type { Line } from '../../src/wire/line.ts';
import { createLines } from '../../src/wire/lines.ts';
import { makeCertificate } from '../real/certificate.ts';
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

test('a question that leaves a connection takes none, and none leads elsewhere', async (t) => {
  const server = await startTcp(answeringEach(whole('here'), whole('second')));
  const other = await startTcp(answeringEach(whole('there')));
  t.after(server.stop);
  t.after(other.stop);
  const wire = wireOf(t);
  const question = { path: '/', timeoutMs: 5000 } as const;
  for (const [at, line, body] of [
    [server.origin, 'leave', 'here'],
    [server.origin, 'leave', 'here'],
    [other.origin, 'take', 'there'],
    [server.origin, 'take', 'second'],
  ] as const) {
    const answer = await wire.ask({ ...question, at, line });
    assert.equal(answer.ok && answer.body, body);
  }
  assert.deepEqual([server.visits(), other.visits()], [2, 1]);
});

test('a connection on which any certificate would do carries no question that wants a trusted one', async (t) => {
  const ports = new Set<number | undefined>();
  const server = createTlsServer(await makeCertificate('IP:127.0.0.1'), (request, response) => {
    ports.add(request.socket.remotePort);
    response.end('hi');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const wire = wireOf(t);
  const at: Origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const trusting = { at, path: '/', timeoutMs: 5000, certificate: 'any' } as const;
  assert.ok((await wire.ask({ ...trusting, line: 'leave' })).ok);
  const wary = await wire.ask({ at, path: '/', timeoutMs: 5000, line: 'take' });
  assert.equal(wary.ok ? wary.body : wary.failure, 'tls');
  assert.ok((await wire.ask({ ...trusting, line: 'take' })).ok);
  assert.equal(ports.size, 1);
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
    if (failure === 'timeout') assert.match(second.ok ? '' : second.detail, /^the answer took longer/);
    assert.equal(server.visits(), 1);
    await server.idle();
  }
});

test('what comes after half an answer is an end, no reason to ask anew', async (t) => {
  const half = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab';
  const server = await startTcp((socket) => {
    let isSecond = false;
    socket.on('data', () => {
      if (isSecond) socket.end(half);
      else socket.write(whole('one'));
      isSecond = true;
    });
  });
  t.after(server.stop);
  const wire = wireOf(t);
  const question = { at: server.origin, path: '/', timeoutMs: 5000 } as const;
  assert.ok((await wire.ask({ ...question, line: 'leave' })).ok);
  const second = await wire.ask({ ...question, line: 'take' });
  assert.equal(second.ok ? second.body : second.failure, 'reset');
  assert.equal(server.visits(), 1);
});

test('a connection on which the rest of a cut answer is still to come is not left', async (t) => {
  const begun = `HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n${'x'.repeat(70_000)}`;
  const server = await startTcp((socket) => {
    socket.on('data', (chunk: Buffer) => {
      socket.write(chunk.toString().startsWith('GET /long ') ? begun : whole('two'));
    });
  });
  t.after(server.stop);
  const wire = wireOf(t);
  const question = { at: server.origin, timeoutMs: 1000 } as const;
  const first = await wire.ask({ ...question, path: '/long', whenLonger: 'cut', line: 'leave' });
  assert.equal(first.ok && first.cut, true);
  const second = await wire.ask({ ...question, path: '/', line: 'take' });
  assert.equal(second.ok ? second.body : second.failure, 'two');
  assert.equal(server.visits(), 2);
});

/** A line without a connection, which counts how often it is closed. */
const fakeLine = (): Line & { isOver: boolean; closed: number; readonly end: () => void } => {
  const toTell: (() => void)[] = [];
  return {
    isOver: false,
    closed: 0,
    put: () => undefined,
    isOpen(): boolean {
      return !this.isOver;
    },
    close(): void {
      this.closed += 1;
    },
    whenClosed: (then) => void toTell.push(then),
    end: () => {
      for (const tell of toTell) tell();
    },
  };
};

test('of two lines that are left for one place the first is closed, for another it is not', () => {
  const lines = createLines();
  const [first, second, elsewhere] = [fakeLine(), fakeLine(), fakeLine()];
  lines.leave('here', first);
  lines.leave('there', elsewhere);
  lines.leave('here', second);
  assert.deepEqual([first.closed, second.closed, elsewhere.closed], [1, 0, 0]);
  // The end of one that was replaced is not that of the other.
  first.end();
  assert.equal(lines.take('here'), second);
  assert.equal(lines.take('here'), undefined);
  assert.equal(lines.take('there'), elsewhere);
});

test('a line that is over is closed by whoever would take it', () => {
  const lines = createLines();
  const line = fakeLine();
  lines.leave('here', line);
  line.isOver = true;
  assert.equal(lines.take('here'), undefined);
  assert.equal(line.closed, 1);
});

test('a line that has closed is kept no longer', () => {
  const lines = createLines();
  const line = fakeLine();
  lines.leave('here', line);
  line.end();
  assert.equal(lines.take('here'), undefined);
  lines.close();
  assert.equal(line.closed, 0);
});

test('whatever is left before the end and after it is closed', () => {
  const lines = createLines();
  const [before, taken, after] = [fakeLine(), fakeLine(), fakeLine()];
  lines.leave('here', before);
  lines.leave('there', taken);
  lines.take('there');
  lines.close();
  lines.leave('here', after);
  assert.deepEqual([before.closed, taken.closed, after.closed], [1, 0, 1]);
  assert.equal(lines.take('here'), undefined);
});
