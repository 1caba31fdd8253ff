import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import test from 'node:test';
import type { TestContext } from 'node:test';
import tls from 'node:tls';
import type { Failure } from '../../src/model/outcome.ts';
import type { Origin } from '../../src/model/secondary.ts';
import type { Failed, HttpAnswer, HttpQuestion } from '../../src/wire/wire.ts';
import { makeCertificate } from '../real/certificate.ts';
import { freePort } from '../real/port.ts';
import { answering, startTcp } from '../real/tcp-server.ts';
import { namedWireOf, wireOf } from './wire-of.ts';

const OK = 'HTTP/1.1 200 OK\r\n';

/** Asks a server that treats its connection so, and waits until it sees that we have let go. */
const askedOf = async (
  t: TestContext,
  serve: (socket: Socket) => void,
  question: Partial<HttpQuestion> = {},
): Promise<HttpAnswer | Failed> => {
  const server = await startTcp(serve);
  t.after(server.stop);
  const answer = await wireOf(t).ask({ at: server.origin, path: '/', timeoutMs: 5000, ...question });
  await server.idle();
  return answer;
};

const failsAs = (answer: HttpAnswer | Failed, failure: Failure, detail = /^[\x20-\x7e]{1,200}$/): void => {
  assert.equal(answer.ok, false);
  assert.equal(answer.failure, failure, answer.detail);
  assert.match(answer.detail, detail);
};

/** Sends something for ever, as fast as it is taken. */
const endless = (first: string, again: string) => (socket: Socket) => {
  const much = again.repeat(2000);
  const more = (): void => {
    while (!socket.destroyed && socket.write(much));
    socket.once('drain', more);
  };
  socket.resume();
  socket.write(first);
  more();
};

test('an answer comes with its status, its headers in lower case and its body', async (t) => {
  const answer = await askedOf(
    t,
    answering(`${OK}Content-Length: 2\r\nX-Twice: 1\r\nx-twice: 2\r\n__proto__: x\r\n\r\nhi`),
  );
  assert.ok(answer.ok);
  assert.equal(answer.status, 200);
  assert.equal(answer.body, 'hi');
  assert.equal(answer.headers['x-twice'], '1, 2');
  assert.equal(answer.headers['__proto__'], 'x');
  assert.equal(answer.headers['constructor'], undefined);
});

test('a question says who asks, carries no cookie and wants the connection closed', async (t) => {
  let head = '';
  await askedOf(t, (socket) => {
    socket.once('data', (chunk: Buffer) => {
      head = chunk.toString();
      socket.end(`${OK}Set-Cookie: a=b\r\n\r\n`);
    });
  });
  assert.match(head, /^GET \/ HTTP\/1\.1\r\n/);
  assert.match(head, /\r\nuser-agent: usher-check\r\n/);
  assert.match(head, /\r\nconnection: close\r\n/);
  assert.doesNotMatch(head, /cookie|accept-encoding/i);
});

test('every question opens a connection of its own', async (t) => {
  const server = await startTcp((socket) => {
    socket.on('data', () => socket.write(`${OK}Connection: keep-alive\r\nContent-Length: 0\r\n\r\n`));
  });
  t.after(server.stop);
  const wire = wireOf(t);
  for (const visits of [1, 2, 3]) {
    assert.ok((await wire.ask({ at: server.origin, path: '/', timeoutMs: 5000 })).ok);
    await server.idle();
    assert.equal(server.visits(), visits);
  }
});

test('the Host header is the one that was asked for', async (t) => {
  const server = createServer((request, response) => {
    response.end(`${request.method} ${request.headers.host} ${request.url}`);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const at: Origin = `http://127.0.0.1:${port}`;
  const wire = wireOf(t);
  const plain = await wire.ask({ at, path: '/a?b', timeoutMs: 5000 });
  const named = await wire.ask({ at, path: '/', timeoutMs: 5000, headers: { Host: 'www.example.test' } });
  assert.equal(plain.ok && plain.body, `GET 127.0.0.1:${port} /a?b`);
  assert.equal(named.ok && named.body, 'GET www.example.test /');
});

test('a redirect is an answer like any other: it is not followed', async (t) => {
  const answer = await askedOf(t, answering('HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\n\r\n'));
  assert.equal(answer.ok && answer.status, 302);
});

test('a body of 64 KiB is read, one byte more is too large', async (t) => {
  const whole = await askedOf(t, answering(`${OK}\r\n${'a'.repeat(65_536)}`));
  assert.equal(whole.ok && whole.body.length, 65_536);
  failsAs(await askedOf(t, answering(`${OK}\r\n${'a'.repeat(65_537)}`)), 'too-large');
  failsAs(
    await askedOf(t, answering(`${OK}Content-Length: 65537\r\n\r\n${'a'.repeat(65_537)}`)),
    'too-large',
  );
});

test('a longer body is cut where its beginning is enough, and says so', async (t) => {
  const cut = await askedOf(t, endless(`${OK}\r\n`, 'abc'), { whenLonger: 'cut' });
  assert.ok(cut.ok);
  assert.equal(cut.body.length, 65_536);
  assert.equal(cut.cut, true);
  const whole = await askedOf(t, answering(`${OK}\r\nabc`), { whenLonger: 'cut' });
  assert.ok(whole.ok);
  assert.equal(whole.cut, undefined);
});

test('HEAD takes the length of a body that does not come for what it is', async (t) => {
  const answer = await askedOf(t, answering(`${OK}Content-Length: 999999\r\n\r\n`), { method: 'HEAD' });
  assert.equal(answer.ok && answer.body, '');
});

for (const [what, first, again] of [
  ['an endless body', `${OK}\r\n`, 'abcdefgh'],
  ['an endless chunked body', `${OK}Transfer-Encoding: chunked\r\n\r\n`, '1\r\na\r\n'],
  ['an endless chunk extension', `${OK}Transfer-Encoding: chunked\r\n\r\n5;`, 'abcdefgh'],
  ['endless headers', OK, 'a: b\r\n'],
  ['an endless header', `${OK}a: `, 'abcdefgh'],
  ['an endless status line', 'HTTP/1.1 200 ', 'abcdefgh'],
  ['endless empty lines', '', '\r\n'],
  ['endless trailers', `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n`, 'a: b\r\n'],
] as const) {
  test(`${what} is too large, and the connection is cut`, async (t) => {
    failsAs(await askedOf(t, endless(first, again)), 'too-large');
  });
}

for (const [what, bytes] of [
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['a bad chunk', `${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
  ['an unwanted 100 Continue', `HTTP/1.1 100 Continue\r\n\r\n${OK}\r\n`],
  ['an unwanted upgrade', 'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
  ['interim answers without end', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(50)],
  ['zeros', Buffer.alloc(1000)],
] as const) {
  test(`${what} instead of an answer is garbage`, async (t) => {
    failsAs(await askedOf(t, answering(bytes)), 'garbage');
  });
}

test('an answer at odds with its own length is not believed', async (t) => {
  failsAs(await askedOf(t, answering(`${OK}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`)), 'reset');
  const both = `${OK}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`;
  failsAs(await askedOf(t, answering(both)), 'reset');
});

test('early hints before the answer are passed over', async (t) => {
  const answer = await askedOf(t, answering(`HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${OK}\r\nhi`));
  assert.equal(answer.ok && answer.body, 'hi');
  assert.equal(answer.ok && answer.headers['link'], undefined);
});

test('a connection that ends before the answer does is reset', async (t) => {
  failsAs(await askedOf(t, answering('')), 'reset');
  failsAs(await askedOf(t, answering(`${OK}Content-Length: 20\r\n\r\nhi`)), 'reset');
  failsAs(await askedOf(t, answering(`${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhe`)), 'reset');
  failsAs(await askedOf(t, (socket) => void socket.resetAndDestroy()), 'reset');
});

test('a body of untold length that is reset is not taken for whole', async (t) => {
  const answer = await askedOf(t, (socket) => {
    socket.once('data', () => {
      socket.write(`${OK}\r\nrunning 12`, () => setImmediate(() => socket.resetAndDestroy()));
    });
  });
  failsAs(answer, 'reset');
});

test('silence ends when the time is up', async (t) => {
  const answer = await askedOf(t, (socket) => void socket.resume(), { timeoutMs: 150 });
  failsAs(answer, 'timeout', /^the answer took longer than 150 ms$/);
});

test('a handshake that is not answered is cut when the time is up: it is still connecting', async (t) => {
  const server = await startTcp((socket) => void socket.resume());
  t.after(server.stop);
  const at = server.origin.replace('http:', 'https:') as Origin;
  const answer = await wireOf(t).ask({ at, path: '/', timeoutMs: 150 });
  failsAs(answer, 'timeout', /^connecting took longer than 150 ms$/);
  await server.idle();
});

test('an answer that drips past the time is a timeout, however lively it is', async (t) => {
  const answer = await askedOf(
    t,
    (socket) => {
      socket.resume();
      socket.write(`${OK}Content-Length: 100000\r\n\r\n`);
      const drip = setInterval(() => socket.write('x'), 10);
      socket.on('close', () => {
        clearInterval(drip);
      });
    },
    { timeoutMs: 200 },
  );
  failsAs(answer, 'timeout');
});

test('a port where nobody listens refuses, and the detail names it', async (t) => {
  const port = await freePort();
  const answer = await wireOf(t).ask({ at: `http://127.0.0.1:${port}`, path: '/', timeoutMs: 5000 });
  assert.deepEqual(answer, {
    ok: false,
    failure: 'refused',
    detail: `connect ECONNREFUSED 127.0.0.1:${port}`,
  });
});

test('a name without an address is unresolved', async (t) => {
  failsAs(
    await wireOf(t).ask({ at: 'http://no-such-name.invalid', path: '/', timeoutMs: 5000 }),
    'unresolved',
  );
});

test('IPv6 is asked in brackets', async (t) => {
  const server = await startTcp(answering(`${OK}\r\nsix`), '::1');
  t.after(server.stop);
  const answer = await wireOf(t).ask({ at: server.origin, path: '/', timeoutMs: 5000 });
  assert.equal(answer.ok && answer.body, 'six');
});

test('a family chooses among the addresses of a name, and refuses a literal of the other', async (t) => {
  const server = await startTcp(answering(`${OK}\r\nfour`));
  t.after(server.stop);
  const wire = namedWireOf(t);
  const question = { path: '/', timeoutMs: 5000 } as const;
  const named: Origin = `http://web.test:${server.port}`;
  const four = await wire.ask({ ...question, at: named, family: 4 });
  assert.equal(four.ok && four.body, 'four');
  const any = await wire.ask({ ...question, at: named });
  assert.equal(any.ok && any.body, 'four');
  failsAs(await wire.ask({ ...question, at: named, family: 6 }), 'refused');
  failsAs(await wire.ask({ ...question, at: server.origin, family: 6 }), 'unresolved');
});

test('a certificate is trusted only from a known authority and for the right name', async (t) => {
  const { cert, key } = await makeCertificate('DNS:www.example.test,IP:127.0.0.1');
  const server = createTlsServer({ cert, key }, (request, response) => {
    response.end(
      'servername' in request.socket && request.socket.servername !== false
        ? request.socket.servername
        : 'no name',
    );
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => server.close());
  const wire = wireOf(t);
  const at: Origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const question = { at, path: '/', timeoutMs: 5000 };

  failsAs(await wire.ask(question), 'tls');
  tls.setDefaultCACertificates([cert]);
  const byAddress = await wire.ask(question);
  assert.equal(byAddress.ok && byAddress.body, 'no name');
  const byName = await wire.ask({ ...question, serverName: 'www.example.test' });
  assert.equal(byName.ok && byName.body, 'www.example.test');
  failsAs(await wire.ask({ ...question, serverName: 'other.example.test' }), 'tls');
  failsAs(await wire.ask({ ...question, serverName: '192.0.2.1' }), 'tls');
});

test('plain HTTP where TLS is expected is a failure of TLS', async (t) => {
  const server = await startTcp((socket) => socket.once('data', () => socket.end(`${OK}\r\n`)));
  t.after(server.stop);
  const at = server.origin.replace('http:', 'https:') as Origin;
  failsAs(await wireOf(t).ask({ at, path: '/', timeoutMs: 5000 }), 'tls');
});

test('a question that cannot be put is a failure, not an exception', async (t) => {
  const at = `http://127.0.0.1:${await freePort()}` as const;
  failsAs(await wireOf(t).ask({ at, path: '/a b', timeoutMs: 5000 }), 'garbage');
  failsAs(await wireOf(t).ask({ at, path: '/', timeoutMs: 5000, headers: { a: 'b\nc' } }), 'garbage');
});
