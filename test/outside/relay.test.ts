import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { askRaw, openRaw } from './raw.ts';
import { startUsher, type Usher } from './usher.ts';

/** A web server that tells what it was asked, byte for byte as Node read it. */
interface Echo {
  readonly server: Server;
  readonly port: number;
  /** requests whose connection was cut before they were answered */
  readonly cut: () => number;
  /** the targets it was asked for */
  readonly asked: () => readonly string[];
}

const startEcho = async (): Promise<Echo> => {
  let cut = 0;
  const asked: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    asked.push(request.url ?? '');
    response.on('close', () => {
      if (!response.writableFinished) cut += 1;
    });
    const { pathname } = new URL(`http://x${request.url ?? ''}`);
    if (pathname === '/slow') return;
    if (pathname === '/endless') {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 97))) {
          // as long as it is taken
        }
      };
      response.on('drain', more);
      more();
      return;
    }
    if (pathname === '/folder') {
      response.writeHead(301, { Location: `http://${host(request)}:${String(port)}/folder/` }).end();
      return;
    }
    const body = await text(request);
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Set-Cookie': pathname === '/api/cookies' ? ['a=1', 'b=2'] : [],
      'Strict-Transport-Security': 'max-age=9',
      'X-Hop': 'dropped',
      Connection: 'X-Hop',
    });
    response.end(JSON.stringify({ method: request.method, url: request.url, raw: request.rawHeaders, body }));
  };
  const server = createServer((request, response) => void answer(request, response));
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (request.url === '/no') {
      socket.end('HTTP/1.1 403 Forbidden\r\nX-Why: rights\r\nContent-Length: 2\r\n\r\nno');
      return;
    }
    const accept = createHash('sha1')
      .update(`${String(request.headers['sec-websocket-key'])}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.write(head);
    // What comes goes back as it came, masks and all: the other side unmasks nothing here.
    socket.pipe(socket);
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { server, port, cut: () => cut, asked: () => asked };
};

const host = ({ headers }: IncomingMessage): string => String(headers.host).split(':')[0] ?? '';

let echo: Echo;
let usher: Usher;

before(async () => {
  echo = await startEcho();
  usher = await startUsher({
    config: {
      threads: 1,
      checks: { from: 'none' },
      relay: {
        connections: 2,
        paths: ['/api/*', '/endless', '/slow', '/folder'],
        userAgents: ['OldBox'],
        timeouts: { answer: '1s', idle: '2s' },
      },
      secondaries: [{ id: 'echo', port: echo.port, load: { apache: '/api/server-status?auto' } }],
    },
  });
});
after(() => {
  echo.server.closeAllConnections();
  echo.server.close();
});

interface Told {
  readonly method: string;
  readonly url: string;
  readonly raw: readonly string[];
  readonly body: string;
}
const told = async (answer: Response): Promise<Told> => (await answer.json()) as Told;
const valuesIn = ({ raw }: Told, name: string): string[] =>
  raw.flatMap((each, at) => (at % 2 === 0 && each.toLowerCase() === name ? [raw[at + 1] ?? ''] : []));
const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${usher.url}${path}`, { redirect: 'manual', ...init });

describe('the relay', () => {
  test('carries the listed paths byte for byte, and sends everybody else on', async () => {
    const { url, method } = await told(await ask('/api/a%2fb?x=%zz'));
    assert.deepEqual({ url, method }, { url: '/api/a%2fb?x=%zz', method: 'GET' });
    assert.equal((await ask('/other')).status, 302);
    const named = await told(await ask('/other', { headers: { 'user-agent': 'an oldbox/1' } }));
    assert.equal(named.url, '/other');
  });

  test('carries a listed path in absolute form too', async () => {
    const bytes = 'GET http://a.example/api/x HTTP/1.1\r\nHost: a.example\r\n\r\n';
    const { status, body } = await askRaw(usher.port, bytes);
    assert.equal(status, 200);
    assert.equal((JSON.parse(lastOf(body)) as Told).url, '/api/x');
  });

  test('does not carry what shows the load of a secondary, to local addresses only perhaps', async () => {
    for (const path of ['/api/server-status?auto', '/api//server%2Dstatus']) {
      const { status, headers } = await ask(path);
      assert.equal(status, 302);
      assert.equal(headers.get('location'), `http://127.0.0.1:${String(echo.port)}${path}`);
    }
  });

  test('tells the secondary who asks, and believes nothing of what the visitor says about that', async () => {
    const seen = await told(
      await ask('/api/', {
        headers: {
          'x-forwarded-for': '6.6.6.6',
          forwarded: 'for=6.6.6.6',
          'x-real-ip': '6.6.6.6',
          te: 'trailers',
          cookie: 'mine=1',
        },
      }),
    );
    assert.deepEqual(valuesIn(seen, 'x-forwarded-for'), ['127.0.0.1']);
    assert.deepEqual(valuesIn(seen, 'host'), [`127.0.0.1:${String(usher.port)}`]);
    assert.deepEqual(valuesIn(seen, 'via'), ['1.1 usher']);
    assert.deepEqual(valuesIn(seen, 'forwarded'), []);
    assert.deepEqual(valuesIn(seen, 'x-real-ip'), []);
    assert.deepEqual(valuesIn(seen, 'te'), []);
    // its guard sees that he was sent
    assert.match(valuesIn(seen, 'cookie').join(), /^usher=echo\.[^;]+; mine=1$/);
  });

  test('leaves out what belongs to one connection only, and adds the visitor’s own cookie', async () => {
    const { headers } = await ask('/api/cookies');
    assert.equal(headers.get('x-hop'), null);
    assert.equal(headers.get('strict-transport-security'), null);
    assert.match(headers.getSetCookie().join('\n'), /^a=1\nb=2\nusher=echo\./);
  });

  test('a redirect of the secondary to its own port stays behind the primary', async () => {
    const { status, headers } = await ask('/folder');
    assert.equal(status, 301);
    assert.equal(headers.get('location'), `${usher.url}/folder/`);
  });

  test('a body goes through, chunked or not, with 100 Continue where it is asked for', async () => {
    const big = 'x'.repeat(300_000);
    assert.equal((await told(await ask('/api/', { method: 'POST', body: big }))).body, big);
    const raw = await openRaw(usher.port);
    raw.write(
      'POST /api/ HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n',
    );
    assert.equal((await raw.reply())?.status, 100);
    raw.write('3\r\nabc\r\n0\r\n\r\n');
    const reply = await raw.reply();
    assert.equal((JSON.parse(lastOf(reply?.body ?? '')) as Told).body, 'abc');
    raw.close();
  });

  test('no second request gets in beside the first', async () => {
    for (const head of [
      'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n',
      'Content-Length: 4\r\nContent-Length: 5\r\n',
      'Transfer-Encoding: chunked, identity\r\n',
      'Transfer-Encoding : chunked\r\n',
      'Content-Length: +4\r\n',
      'X: a\nTransfer-Encoding: chunked\r\n',
    ]) {
      const bytes = `POST /api/ HTTP/1.1\r\nHost: a.example\r\n${head}\r\n0\r\n\r\nGET /api/smuggled HTTP/1.1\r\nHost: a\r\n\r\n`;
      assert.equal((await askRaw(usher.port, bytes)).status, 400, head);
    }
    // Of a head whose end is wrong Node may have told before it saw that: what stands behind it is never asked.
    assert.ok(!echo.asked().includes('/api/smuggled'));
    // Headers that Connection names are gone, but never the length of what follows.
    const hidden = `POST /api/ HTTP/1.1\r\nHost: a.example\r\nConnection: content-length, cookie\r\nCookie: c=1\r\nContent-Length: 3\r\n\r\nabc`;
    const reply = await openRaw(usher.port);
    reply.write(hidden);
    const seen = JSON.parse(lastOf((await reply.reply())?.body ?? '')) as Told;
    reply.close();
    assert.equal(seen.body, 'abc');
    assert.doesNotMatch(valuesIn(seen, 'cookie').join(), /c=1/);
  });

  test('a visitor who leaves takes his question along', async () => {
    const before = echo.cut();
    const gone = new AbortController();
    const asked = ask('/endless', { signal: gone.signal });
    await asked;
    gone.abort();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const look = setInterval(() => {
      if (echo.cut() > before) resolve(undefined);
    }, 20);
    await promise;
    clearInterval(look);
  });

  test('a secondary that does not answer in time is told as 504', async () => {
    const { status, headers } = await ask('/slow');
    assert.equal(status, 504);
    assert.equal(headers.get('retry-after'), null);
  });

  test('more than the budget allows get a page that says so', async () => {
    const gone = new AbortController();
    const holding = await Promise.all(
      Array.from({ length: 2 }, () => ask('/endless', { signal: gone.signal })),
    );
    const full = await ask('/api/');
    assert.equal(full.status, 503);
    assert.match(await full.text(), /The side entrance is full/);
    gone.abort();
    assert.equal(holding.length, 2);
    let again = full;
    while (again.status === 503) again = await ask('/api/');
    assert.equal(again.status, 200);
  });

  test('a WebSocket goes through both ways, and one that the secondary refuses is refused', async () => {
    const socket = connect(usher.port, '127.0.0.1');
    const bytes: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => bytes.push(chunk));
    const heard = async (what: RegExp): Promise<void> => {
      while (!what.test(Buffer.concat(bytes).toString('latin1'))) await once(socket, 'data');
    };
    const handshake = (path: string): string =>
      `GET ${path} HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
    socket.write(`${handshake('/any')}early`);
    await heard(/^HTTP\/1\.1 101 [^]*sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=[^]*\r\n\r\nearly$/i);
    socket.write('later');
    await heard(/earlylater$/);
    const closed = once(socket, 'close');
    socket.end();
    await closed;
    const refused = await openRaw(usher.port);
    refused.write(handshake('/no'));
    const reply = await refused.reply();
    await refused.closed;
    assert.deepEqual([reply?.status, reply?.body, reply?.header('x-why')], [403, 'no', 'rights']);
    assert.equal(reply?.header('connection'), 'close');
  });

  test('whoever reaches no secondary is carried from /.usher/relay on, on his own path and nowhere else', async () => {
    const typed = { headers: { accept: 'text/html', 'sec-fetch-site': 'none' } };
    const { status, headers } = await ask('/.usher/relay?to=%2Fdeep%2Fpath%3Fx%3D1', typed);
    assert.equal(status, 302);
    assert.equal(headers.get('location'), `${usher.url}/deep/path?x=1`);
    const cookie = headers.getSetCookie().join('').split(';', 1)[0] ?? '';
    assert.match(cookie, /^usher-relay=relay\./);
    assert.equal((await told(await ask('/deep/path?x=1', { headers: { cookie } }))).url, '/deep/path?x=1');
    const forged = cookie.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'));
    assert.equal((await ask('/deep', { headers: { cookie: forged } })).status, 302);
    for (const to of [
      '//evil.example/',
      '/\\evil.example',
      'http://evil.example/',
      '/%0d%0aX: y',
      '/.usher/relay',
    ]) {
      const { headers: back } = await ask(`/.usher/relay?to=${encodeURIComponent(to)}`, typed);
      const location = back.get('location') ?? '';
      assert.equal(new URL(location).origin, usher.url, to);
    }
  });

  test('what was carried already is not carried again', async () => {
    const answer = await ask('/api/', { headers: { via: '1.1 usher' } });
    assert.equal(answer.status, 302);
  });
});

/** The content of a chunked body that came in one chunk. */
const lastOf = (body: string): string => /\{[^]*\}/.exec(body)?.[0] ?? '';
