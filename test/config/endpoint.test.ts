import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readEndpoint, readOrigin, readUrl } from '../../src/config/endpoint.ts';
import { isLoopback, readHostName } from '../../src/config/host-name.ts';

test('a host is read as browsers send it', () => {
  const hosts = {
    'WWW.Example.org': 'www.example.org',
    'münchen.example': 'xn--mnchen-3ya.example',
    my_app: 'my_app',
    '10.0.0.1': '10.0.0.1',
    '2001:DB8:0:0::1': '[2001:db8::1]',
    '[::1]': '[::1]',
  };
  for (const [text, host] of Object.entries(hosts))
    assert.deepEqual(readHostName(text), { ok: true, value: host });
});

test('what is no host is refused', () => {
  const odd = [
    '',
    ' ',
    'a b',
    'a..b',
    '-a',
    'a-',
    'a/b',
    'a@b',
    'a:b',
    'a%b',
    '300.1.1.1',
    '1.2.3',
    '0x7f.1',
    '127.1',
    '2130706433',
  ];
  const odder = [
    '*.example.org',
    'a\n',
    'a\u0000',
    'fe80::1%eth0',
    '[fe80::1',
    'a'.repeat(64),
    `${'a.'.repeat(127)}aa`,
    'a#b',
    'a?b',
    'a\\b',
  ];
  for (const text of [...odd, ...odder]) assert.ok(!readHostName(text).ok, text);
});

test('an endpoint is a host with or without a port', () => {
  const endpoints = {
    'a.example': { host: 'a.example' },
    'a.example:80': { host: 'a.example', port: 80 },
    '[::1]:80': { host: '[::1]', port: 80 },
    '::1': { host: '[::1]' },
    '10.0.0.1:0': { host: '10.0.0.1', port: 0 },
  };
  for (const [text, value] of Object.entries(endpoints))
    assert.deepEqual(readEndpoint(text), { ok: true, value });
  for (const text of ['a:', 'a:65536', 'a:1e3', 'a: 80', ':80', 'a:80:80', '[::1]80', '::1:80x']) {
    assert.ok(!readEndpoint(text).ok, text);
  }
});

test('an origin never says more than scheme, host and port', () => {
  const urls = fc.oneof(
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.string(),
    fc.string({ unit: 'binary' }).map((one) => `http://${one}`),
  );
  fc.assert(
    fc.property(urls, (text) => {
      const read = readOrigin(text);
      if (!read.ok) return;
      const { origin, scheme, host, port } = read.value;
      assert.match(origin, /^https?:\/\/[a-z0-9._:[\]-]+$/);
      const url = new URL(origin);
      assert.equal(url.origin, origin);
      assert.equal(url.protocol, `${scheme}:`);
      assert.equal(url.hostname, host);
      assert.equal(url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port), port);
      // and it is the origin that a browser sees in the text
      assert.equal(new URL(text).origin, origin);
    }),
    { numRuns: 1000 },
  );
});

test('a URL for a Location is visible ASCII and keeps every byte behind its origin', () => {
  assert.deepEqual(readUrl('HTTPS://Sorry.Example:443/A?b=%zz#c'), {
    ok: true,
    value: 'https://sorry.example/A?b=%zz#c',
  });
  for (const text of [
    'sorry',
    '//sorry.example',
    'https://sorry.example/\r\nX: y',
    'https://sorry.example/ü',
    'https://me@sorry.example/',
    'javascript:alert(1)',
  ]) {
    assert.ok(!readUrl(text).ok, text);
  }
});

test('this machine’s own addresses are known in every spelling', () => {
  for (const host of ['localhost', 'a.localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]'])
    assert.ok(isLoopback(host), host);
  for (const host of ['0.0.0.0', '::', '128.0.0.1', 'localhost.example', '127.0.0.1.example'])
    assert.ok(!isLoopback(host), host);
});
