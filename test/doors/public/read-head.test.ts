import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readArrival } from '../../../src/dispatch/visit/arrival.ts';
import { readHead } from '../../../src/doors/public/read-head.ts';

const peer = (): string => '192.0.2.1';

/**
 * Every header that either reader knows, and some that none does. Not those of proxies and preflights: whoever trusts a
 * proxy has no fast lane, and OPTIONS never comes by it.
 */
const NAMES = [
  ...[
    'Host',
    'Cookie',
    'Accept',
    'Origin',
    'Prefer',
    'Pragma',
    'Expect',
    'X-Moz',
    'TE',
    'Referer',
    'Purpose',
  ],
  ...[
    'Upgrade',
    'Trailer',
    'User-Agent',
    'Connection',
    'Sec-Purpose',
    'Cache-Control',
    'Sec-Fetch-Dest',
    'Via',
  ],
  ...[
    'Sec-Fetch-Site',
    'HTTP2-Settings',
    'Content-Length',
    'Proxy-Connection',
    'Transfer-Encoding',
    'X-Other',
  ],
];

const spelled = fc
  .tuple(fc.constantFrom(...NAMES), fc.constantFrom('as it is', 'lower', 'upper'))
  .map(([name, how]) => (how === 'lower' ? name.toLowerCase() : how === 'upper' ? name.toUpperCase() : name));
const value = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '1',
    'close',
    'Keep-Alive',
    'a.example',
    'usher=web1.t5c2k0.x',
    'document',
    'a, b',
  ),
  fc.string({ unit: fc.constantFrom('a', 'Z', '0', ' ', ';', '=', ':', ',', '"', '(', '\t'), maxLength: 12 }),
);
const line = fc.tuple(spelled, fc.constantFrom('', ' ', '  ', '\t'), value);
const requestLine = fc.tuple(fc.constantFrom('GET', 'HEAD'), fc.constantFrom('/', '/a/b?c=d', '/%00..//x'));

describe('readHead', () => {
  it('reads out of the lines that it takes what is read where Node has parsed them', () => {
    let taken = 0;
    fc.assert(
      fc.property(requestLine, fc.array(line, { maxLength: 8 }), ([method, url], more) => {
        const lines = [['Host', ' ', 'a.example'] as const, ...more];
        const text = lines.map(([name, space, told]) => `${name}:${space}${told}\r\n`).join('');
        const head = readHead(`x${method} ${url} HTTP/1.1\r\n${text}\r\ny`, 1, peer);
        if (head === undefined) return;
        taken += 1;
        const { endsAt, isLast, ...arrival } = head;
        const raw = lines.flatMap(([name, , told]) => [name, told.replaceAll(/^[ \t]+|[ \t]+$/g, '')]);
        assert.deepEqual(arrival, readArrival({ method, url, version: '1.1', isSecure: false, peer }, raw));
        assert.equal(endsAt, method.length + url.length + 15 + text.length);
        assert.equal(
          isLast,
          raw.some((name, at) => isConnection(name, at) && /close/i.test(raw[at + 1] ?? '')),
        );
      }),
      { numRuns: 3000 },
    );
    assert.ok(taken > 300, `only ${taken} were taken`);
  });

  it('leaves to Node what is not all there, or too much', () => {
    const whole = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
    assert.equal(readHead(whole, 0, peer)?.endsAt, whole.length);
    for (let cut = 0; cut < whole.length; cut += 1)
      assert.equal(readHead(whole.slice(0, cut), 0, peer), undefined);
    const long = (filling: string): string => whole.replace('\r\n\r\n', `\r\n${filling}\r\n`);
    assert.equal(readHead(long(`X: ${'x'.repeat(8192)}\r\n`), 0, peer), undefined);
    assert.equal(readHead(long('X: 1\r\n'.repeat(99)), 0, peer)?.url, '/');
    assert.equal(readHead(long('X: 1\r\n'.repeat(100)), 0, peer), undefined);
  });
});

const isConnection = (name: string, at: number): boolean =>
  at % 2 === 0 && name.toLowerCase() === 'connection';
