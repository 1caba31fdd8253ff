import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { freePort } from '../real/port.ts';
import { takeReply, type RawReply } from './raw.ts';
import { startUsher } from './usher.ts';

const HOW_MANY = 100_000;
/** Visits on their way down one connection before the first answer is read; a refusal ends the connection. */
const AT_ONCE = 50;
const CONNECTIONS = 4;

interface Attempt {
  readonly target: string;
  readonly host: string;
  readonly cookie: string;
}

const pieces = fc.constantFrom(
  ...[
    '/',
    '//',
    '\\',
    '/\\',
    '.',
    '..',
    '/../',
    '%2f',
    '%5c',
    '%00',
    '%zz',
    '%',
    '?',
    '&',
    '=',
    '@',
    ':',
    ';',
  ],
  ...['http:', 'https://', 'http://evil.example', 'evil.example', 'javascript:', 'www.example.org', '80'],
  ...[
    'index.html',
    'failover2.shtml',
    '.usher',
    '.well-known',
    '"',
    "'",
    '<script>',
    '[',
    ']',
    '{',
    '|',
    '^',
    '`',
  ],
  ...['~', '+', '*', 'a', 'Z', '0', '-', '_'],
);
/** Each of these alone is reason enough to refuse, so they are rare. */
const forbidden = fc.constantFrom('#', ' ', '\t', '\u0000', '\u007f', '\u00ff');
const visible = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
const rowOf = (items: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> =>
  fc.array(items, { maxLength }).map((some) => some.join(''));

const target = fc.oneof(
  { weight: 50, arbitrary: rowOf(visible, 30).map((bytes) => `/${bytes.replaceAll('#', '')}`) },
  { weight: 46, arbitrary: rowOf(pieces, 8).map((some) => `/${some}`) },
  { weight: 2, arbitrary: rowOf(fc.oneof(pieces, forbidden), 8).map((some) => `/${some}`) },
  { weight: 1, arbitrary: fc.tuple(pieces, rowOf(pieces, 8)).map((some) => some.join('')) },
  { weight: 1, arbitrary: rowOf(pieces, 6).map((some) => `http://www.example.org${some}`) },
);
const host = fc.oneof(
  {
    weight: 46,
    arbitrary: fc.constantFrom(
      ...[
        'www.example.org',
        'WWW.Example.Org:80',
        '192.0.2.7',
        '192.0.2.7:8080',
        '[2001:db8::7]:80',
        'localhost',
      ],
    ),
  },
  {
    weight: 2,
    arbitrary: rowOf(fc.constantFrom('example', '.', ':', '80', 'xn--', '-', '127.0.0.1', 'a'), 5),
  },
  { weight: 1, arbitrary: rowOf(fc.oneof(pieces, forbidden, fc.constantFrom('[::1', ',', '%41')), 5) },
);
const cookie = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('usher=__proto__.a.b', 'usher=', 'usher=web1', 'usher=j:{"a":1}', ';;=;'),
  },
  { weight: 1, arbitrary: rowOf(pieces, 6).map((some) => `usher=${some}`) },
);
const attempts = fc.record({ target, host, cookie });

const bytesOf = ({ target, host, cookie }: Attempt): Buffer =>
  Buffer.from(
    `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${cookie === '' ? '' : `Cookie: ${cookie}\r\n`}\r\n`,
    'latin1',
  );

/** Sends as many of the attempts as the other side answers before it closes; their answers, in turn. */
const sendRow = async (port: number, row: readonly Attempt[]): Promise<readonly RawReply[]> => {
  const socket = connect({ port, host: '127.0.0.1' });
  await once(socket, 'connect');
  socket.setTimeout(10_000, () => socket.destroy(new Error('silence')));
  const replies: RawReply[] = [];
  let bytes: Buffer = Buffer.alloc(0);
  let trouble: Error | undefined;
  socket.on('error', (error) => (trouble = error));
  socket.on('data', (chunk: Buffer) => {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    for (let taken = takeReply(bytes); taken !== undefined; taken = takeReply(bytes)) {
      replies.push(taken.reply);
      bytes = taken.rest;
    }
    if (replies.length === row.length) socket.destroy();
  });
  socket.write(Buffer.concat(row.map(bytesOf)));
  await once(socket, 'close');
  // A refusal closes the connection while more is on its way, which the kernel answers by a reset.
  if (replies.length === 0) throw trouble ?? new Error(`no answer to ${JSON.stringify(row[0])}`);
  if (trouble?.message === 'silence') throw new Error(`silence after ${JSON.stringify(row[replies.length])}`);
  return replies;
};

test(`${HOW_MANY} hostile targets and Hosts never lead off the list, lose no byte, break nothing`, async (t) => {
  const ports = [await freePort(), await freePort()];
  const usher = await startUsher({
    config: {
      checks: { from: 'none' },
      policy: 'random',
      entrances: {
        '/index.html': { policy: 'random', checks: 'none', delivery: 'page' },
        '/failover2.shtml': { policy: 'random', checks: 'none', delivery: 'page' },
      },
      secondaries: [{ port: ports[0] }, { port: ports[1] }, { id: 'far', url: 'https://www2.example.org' }],
    },
  });
  t.after(usher.stop);
  const seed = Date.now();
  t.diagnostic(`seed ${seed}`);
  const statuses = new Map<number, number>();

  /** The origins that a Location may have for this Host: the listed one, and the visitor's own host with a listed port. */
  const originsFor = (host: string): readonly string[] => {
    const name = host
      .replace(/^[ \t]+|[ \t]+$/g, '')
      .toLowerCase()
      .replace(/\.?(:\d*)?$/, '');
    return ['https://www2.example.org', ...ports.map((port) => `http://${name}:${port}`)];
  };

  const judge = (attempt: Attempt, reply: RawReply): void => {
    const story = `${JSON.stringify(attempt)} → ${reply.head}`;
    statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
    assert.ok(reply.status < 500, story);
    const location = reply.header('location');
    if (location === undefined) {
      assert.ok(reply.status !== 302, story);
      return;
    }
    assert.equal(reply.status, 302, story);
    const origin = originsFor(attempt.host).find((origin) => location.startsWith(`${origin}/`));
    assert.ok(origin !== undefined, story);
    // Blanks before the version belong to nothing; what an absolute form names is the host, which was judged above.
    const kept = attempt.target.replace(/ +$/, '').replace(/^https?:\/\/[^/?#]*/i, '');
    assert.equal(location, `${origin}${kept.startsWith('/') ? '' : '/'}${kept}`, story);
    // What a browser makes of it; one that makes nothing of the host cannot have come by it.
    if (URL.canParse(location)) assert.equal(new URL(location).origin, new URL(origin).origin, story);
  };

  const lane = async (some: readonly Attempt[]): Promise<void> => {
    for (let at = 0; at < some.length;) {
      const row = some.slice(at, at + AT_ONCE);
      const replies = await sendRow(usher.port, row);
      replies.forEach((reply, n) => judge(row[n]!, reply));
      at += replies.length;
    }
  };
  const all = fc.sample(attempts, { numRuns: HOW_MANY, seed });
  const share = Math.ceil(all.length / CONNECTIONS);
  await Promise.all(
    Array.from({ length: CONNECTIONS }, (_, n) => lane(all.slice(n * share, (n + 1) * share))),
  );

  t.diagnostic(`answers: ${[...statuses].map(([status, count]) => `${status} × ${count}`).join(', ')}`);
  assert.equal(
    [...statuses.values()].reduce((sum, count) => sum + count),
    HOW_MANY,
  );
  assert.ok((statuses.get(302) ?? 0) > HOW_MANY / 2, 'hardly anybody was sent on');
  assert.ok((statuses.get(400) ?? 0) > HOW_MANY / 50, 'hardly anybody was refused');
  assert.ok(!usher.events.some(({ type }) => type === 'bug' || type === 'thread-ended'), usher.printed());
});
