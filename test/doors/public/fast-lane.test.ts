import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EntranceSettings } from '../../../src/config/settings.ts';
import { openDoor, plainSettings } from '../a-door.ts';
import { exchange } from '../exchange.ts';

const before = ['1', '2', '3'].map((n) => `GET /${n} HTTP/1.1\r\nHost: a.example\r\n\r\n`).join('');
/** what Express answers, in a turn of its own */
const local = 'GET /.usher/x HTTP/1.1\r\nHost: a.example\r\n\r\n';
const end = 'GET /end HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n';

/** Wishes for another protocol beside a body; in pieces, and behind others, the body comes late or never whole. */
const owing = Object.fromEntries(
  ['GET', 'POST'].flatMap((method) =>
    ['websocket', 'h2c'].flatMap((protocol) =>
      ['Content-Length: 5\r\n\r\nhello', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'].flatMap(
        (body) => {
          const head = `${method} /x HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n`;
          const name = `${method} for ${protocol}, ${body.split(':', 1)[0] ?? ''}`;
          return [
            [name, head + body],
            [`${name} that is late`, (head + body).split('hello', 1)[0] ?? ''],
          ];
        },
      ),
    ),
  ),
) as Readonly<Record<string, string>>;

/** Heads that both lanes must answer alike, each followed by one that ends the connection. */
const corpus: Readonly<Record<string, string>> = {
  ...owing,
  plain: 'GET /x?y=1 HTTP/1.1\r\nHost: www.example.org\r\n\r\n',
  HEAD: 'HEAD /x HTTP/1.1\r\nHost: www.example.org\r\n\r\n',
  'POST with a body': 'POST /x HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello',
  'GET with a body': 'GET /x HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello',
  'GET with Content-Length 0': 'GET /x HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n',
  'chunked body':
    'POST /x HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  'both lengths':
    'POST /x HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'two Hosts': 'GET /x HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n',
  'no Host': 'GET /x HTTP/1.1\r\nAccept: */*\r\n\r\n',
  'empty Host': 'GET /x HTTP/1.1\r\nHost:\r\n\r\n',
  'bad Host': 'GET /x HTTP/1.1\r\nHost: evil"><x\r\n\r\n',
  'host in capitals': 'GET /x HTTP/1.1\r\nHOST: WWW.Example.ORG:80\r\n\r\n',
  'no space after the colon': 'GET /x HTTP/1.1\r\nHost:a.example\r\n\r\n',
  'blanks around a value': 'GET /x HTTP/1.1\r\nHost: \t a.example \t \r\n\r\n',
  'blank before the colon': 'GET /x HTTP/1.1\r\nHost : a.example\r\n\r\n',
  'folded header': 'GET /x HTTP/1.1\r\nHost: a.example\r\nX-Y: a\r\n b\r\n\r\n',
  'bare LF': 'GET /x HTTP/1.1\nHost: a.example\n\n',
  'HTTP/1.0': 'GET /x HTTP/1.0\r\nHost: a.example\r\n\r\n',
  'HTTP/1.0 keep-alive': 'GET /x HTTP/1.0\r\nHost: a.example\r\nConnection: keep-alive\r\n\r\n',
  'HTTP/2.0': 'GET /x HTTP/2.0\r\nHost: a.example\r\n\r\n',
  'h2 preface': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'absolute form': 'GET http://a.example/x HTTP/1.1\r\nHost: a.example\r\n\r\n',
  'absolute form of another': 'GET http://b.example/x HTTP/1.1\r\nHost: a.example\r\n\r\n',
  'OPTIONS *': 'OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n',
  'double slash': 'GET //evil.example/x HTTP/1.1\r\nHost: a.example\r\n\r\n',
  fragment: 'GET /x#y HTTP/1.1\r\nHost: a.example\r\n\r\n',
  'two blanks': 'GET  /x HTTP/1.1\r\nHost: a.example\r\n\r\n',
  'high bytes in the target': 'GET /\xff HTTP/1.1\r\nHost: a.example\r\n\r\n',
  'high bytes in a value': 'GET /x HTTP/1.1\r\nHost: a.example\r\nX: \xff\r\n\r\n',
  'control in a value': 'GET /x HTTP/1.1\r\nHost: a.example\r\nX: \x01\r\n\r\n',
  'keep-alive': 'GET /x HTTP/1.1\r\nHost: a.example\r\nConnection: Keep-Alive\r\n\r\n',
  close: 'GET /x HTTP/1.1\r\nHost: a.example\r\nConnection: CLOSE\r\n\r\n',
  'close among others': 'GET /x HTTP/1.1\r\nHost: a.example\r\nConnection: te, close\r\n\r\n',
  expect: 'POST /x HTTP/1.1\r\nHost: a.example\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n',
  'another expectation': 'GET /x HTTP/1.1\r\nHost: a.example\r\nExpect: wonders\r\n\r\n',
  websocket: 'GET /x HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  'h2c upgrade': 'GET /x HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
  TRACE: 'TRACE /x HTTP/1.1\r\nHost: a.example\r\n\r\n',
  CONNECT: 'CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n',
  'forged cookie': 'GET /x HTTP/1.1\r\nHost: a.example\r\nCookie: usher=web8087.x.y\r\n\r\n',
  'two cookies': 'GET /x HTTP/1.1\r\nHost: a.example\r\nCookie: a=b\r\nCookie: usher=c\r\n\r\n',
  'leading CRLF': '\r\nGET /x HTTP/1.1\r\nHost: a.example\r\n\r\n',
  'long head': `GET /x HTTP/1.1\r\nHost: a.example\r\nX: ${'y'.repeat(9000)}\r\n\r\n`,
  'too long a head': `GET /x HTTP/1.1\r\nHost: a.example\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`,
  pipelined: 'GET /1 HTTP/1.1\r\nHost: a.example\r\n\r\nGET /2 HTTP/1.1\r\nHost: a.example\r\n\r\n',
  'pipelined, the second with a body':
    'GET /1 HTTP/1.1\r\nHost: a.example\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1\r\n\r\nx',
  garbage: '\x16\x03\x01\x02\x00\x01\x00',
  'asks for JSON': 'GET /x?y HTTP/1.1\r\nHost: a.example\r\nACCEPT: application/json; charset=utf-8\r\n\r\n',
  'asks for JSON by HEAD': 'HEAD /x HTTP/1.1\r\nHost: a.example\r\nAccept: application/json\r\n\r\n',
  'JSON in two headers':
    'GET /x HTTP/1.1\r\nHost: a.example\r\nAccept: application/json\r\nAccept: text/html\r\n\r\n',
  'asks for the alternatives': 'GET /<x> HTTP/1.1\r\nHost: a.example\r\nPrefer: alternates\r\n\r\n',
  'wishes in two headers':
    'GET /x HTTP/1.1\r\nHost: a.example\r\nPrefer: wait=3\r\nprefer: alternates\r\n\r\n',
  'a script of another origin': 'GET /x HTTP/1.1\r\nHost: a.example\r\nOrigin: http://b.example\r\n\r\n',
  'a script of a secondary': 'GET /x HTTP/1.1\r\nHost: a.example\r\nOrigin: http://a.example:8087\r\n\r\n',
  'a hostile origin': 'GET /x HTTP/1.1\r\nHost: a.example\r\nOrigin: http://a.example:8087, x\r\n\r\n',
  preflight:
    'OPTIONS /x HTTP/1.1\r\nHost: a.example\r\nOrigin: null\r\nAccess-Control-Request-Method: PUT\r\n\r\n',
  'a picture': 'GET /page HTTP/1.1\r\nHost: a.example\r\nSec-Fetch-Dest: image\r\n\r\n',
  'a page': 'GET /page HTTP/1.1\r\nHost: a.example\r\nSec-Fetch-Dest: document\r\n\r\n',
  'a crawler': 'GET /page HTTP/1.1\r\nHost: a.example\r\nUser-Agent: Googlebot/2.1\r\n\r\n',
  splash: 'GET /splash.html HTTP/1.1\r\nHost: a.example\r\n\r\n',
  'own path': 'GET /.usher/x HTTP/1.1\r\nHost: a.example\r\n\r\n',
};

test(
  'both lanes answer alike, byte for byte, whole, in pieces and behind others',
  { concurrency: true },
  async (context) => {
    const paged: EntranceSettings = {
      policy: { name: 'first', options: {} },
      checks: 'none',
      delivery: { name: 'page', options: { mode: 'assigned', ask: '/favicon.ico' } },
      affinity: true,
    };
    const settings = plainSettings({
      entrances: new Map<string, EntranceSettings>([
        ['/splash.html', 'local'],
        ['/page', paged],
      ]),
    });
    const fast = await openDoor(context, { fastLane: true, settings });
    const node = await openDoor(context, { fastLane: false, settings });
    const cases = Object.entries(corpus).map(([name, head]) =>
      context.test(name, async () => {
        const ways = [
          [head + end],
          [head.slice(0, 9), head.slice(9) + end],
          [head, end],
          [before + head + end],
          [before + local + head, end],
        ];
        for (const pieces of ways) {
          const [one, other] = await Promise.all([exchange(fast.port, pieces), exchange(node.port, pieces)]);
          // what Express says of itself has the real clock's Date
          const plain = (text: string): string => text.replace(/^Date: .*$/gm, 'Date');
          assert.equal(plain(one), plain(other));
          assert.notEqual(one, '');
        }
      }),
    );
    await Promise.all(cases);
    assert.deepEqual([...fast.bugs, ...node.bugs], []);
  },
);

test('both lanes answer any heads in a row alike, byte for byte', async (context) => {
  const fast = await openDoor(context, { fastLane: true });
  const node = await openDoor(context, { fastLane: false });
  const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
  const text = fc.array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom('a', 'b', '/', '?', ':', ';', '=', '%', ' ', '.', '-') },
      byte,
    ),
    {
      maxLength: 12,
    },
  );
  const header = fc.oneof(
    fc.constantFrom(
      'Host: a.example',
      'host:b.example',
      'Connection: close',
      'Connection: keep-alive',
      'Accept: */*',
    ),
    fc.constantFrom(
      'Content-Length: 0',
      'Transfer-Encoding: chunked',
      'Upgrade: websocket\r\nConnection: upgrade',
      'Upgrade: h2c\r\nConnection: upgrade\r\nContent-Length: 900',
      'Cookie: usher=a.b.c',
      'Expect: x',
      'TE: trailers',
      'Accept: application/json',
      'Prefer: alternates',
      'Origin: http://a.example:8086',
      'Sec-Fetch-Dest: image',
    ),
    fc.tuple(text, text).map(([name, value]) => `${name.join('')}: ${value.join('')}`),
  );
  const head = fc
    .tuple(
      fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'get', 'G'),
      text.map((letters) => `/${letters.join('')}`),
      fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/1.2'),
      fc.array(header, { maxLength: 4 }),
    )
    .map(([method, target, version, headers]) =>
      [`${method} ${target} ${version}`, 'Host: a.example', ...headers, '', ''].join('\r\n'),
    );
  const heads = fc.array(head, { minLength: 1, maxLength: 4 }).map((many) => many.join(''));
  await fc.assert(
    fc.asyncProperty(heads, async (requests) => {
      const [one, other] = await Promise.all([
        exchange(fast.port, [requests + end]),
        exchange(node.port, [requests + end]),
      ]);
      assert.equal(one, other);
    }),
    { numRuns: 500 },
  );
});

test('a half-closed socket still gets its answer, and is closed', async (context) => {
  const { port } = await openDoor(context, { fastLane: true });
  const socket = connect({ port, host: '127.0.0.1' });
  const { promise, resolve } = Promise.withResolvers<string>();
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('close', () => {
    resolve(text);
  });
  socket.end('GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n');
  assert.match(await promise, /^HTTP\/1\.1 302 Found\r\nLocation: http:\/\/a\.example:8086\/x\r\n/);
});

test('an answer head stays within its bytes', async (context) => {
  const bound = await openDoor(context, { fastLane: true });
  const free = await openDoor(context, { fastLane: true, settings: plainSettings({ affinity: false }) });
  const request = 'GET /some/page.html HTTP/1.1\r\nHost: www.example.org\r\n\r\n';
  const lengthOf = async (port: number): Promise<number> => {
    const text = await exchange(port, [request + end]);
    return text.indexOf('\r\n\r\n') + 4;
  };
  const lengths = [await lengthOf(bound.port), await lengthOf(free.port)] as const;
  assert.ok(lengths[0] <= 300 && lengths[1] <= 190, String(lengths));
});
