import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseHost, rememberingHosts } from '../../../src/dispatch/visit/host.ts';
import { isIpv6 } from '../../../src/dispatch/visit/proxies.ts';

const good: Readonly<Record<string, string>> = {
  'www.example.org': 'www.example.org',
  'WWW.Example.ORG:80': 'www.example.org',
  'example.org.': 'example.org',
  localhost: 'localhost',
  'my_host:8080': 'my_host',
  '127.0.0.1:80': '127.0.0.1',
  '[::1]': '[::1]',
  '[2001:DB8::1]:8080': '[2001:db8::1]',
  'xn--mnchen-3ya.example': 'xn--mnchen-3ya.example',
  'a:': 'a',
};
for (const [raw, host] of Object.entries(good)) {
  test(`${raw} is the host ${host}`, () => {
    assert.equal(parseHost(raw, isIpv6), host);
  });
}

const bad = [
  [
    '',
    ' ',
    'a b',
    'site:80@evil',
    'evil"><x',
    'a/b',
    'a?b',
    'a#b',
    'a\\b',
    'a:b',
    'a:99999',
    'a:80:80',
    '-a',
    'a-',
  ],
  ['.a', 'a..b', '[::1', '::1', '[::g]', '[fe80::1%eth0]', '256.1.1.1', '1.2.3', '1.2.3.4.5', 'ä.example'],
  [`${'a'.repeat(64)}.example`, 'a.'.repeat(200), 'a,b', 'a%41', 'user@a', '[::1]x', 'a\u0000'],
  ['0x7f000001', 'example.0x7f', 'example.127', 'a.1.2.3.4'],
].flat();
for (const raw of bad) {
  test(`${JSON.stringify(raw.slice(0, 30))} is no host`, () => {
    assert.equal(parseHost(raw, isIpv6), undefined);
  });
}

test('whatever is taken for a host stays one inside an address', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (raw) => {
      const host = parseHost(raw, isIpv6);
      if (host === undefined) return;
      assert.match(`http://${host}:8086/`, /^http:\/\/[^/?#@\\\s]+:8086\/$/);
    }),
  );
});

test('hosts are remembered without memory growing', () => {
  const parse = rememberingHosts(isIpv6);
  for (let n = 0; n < 5000; n += 1) assert.equal(parse(`h${String(n)}.example`), `h${String(n)}.example`);
  assert.equal(parse('bad host'), undefined);
});
