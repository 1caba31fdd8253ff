import assert from 'node:assert/strict';
import { SocketAddress } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { readArrival } from '../../../src/dispatch/visit/arrival.ts';
import { plainAddress, plainPeer, trustProxies } from '../../../src/dispatch/visit/proxies.ts';

const arrival = (peer: string, headers: Readonly<Record<string, string>> = {}) =>
  readArrival(
    { method: 'GET', url: '/', version: '1.1', isSecure: false, peer: () => peer },
    Object.entries(headers).flat(),
  );

test('without trusted proxies nobody is believed', () => {
  const forwarded = trustProxies([]);
  const seen = forwarded(
    arrival('192.0.2.1', { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Host': 'evil' }),
  );
  assert.deepEqual({ ...seen, visitor: seen.visitor() }, { visitor: '192.0.2.1', isSecure: false });
});

test('the visitor is the rightmost address that is no trusted proxy, never the leftmost', () => {
  const forwarded = trustProxies(['10.0.0.0/8', 'fd00::/8']);
  const seen = forwarded(arrival('10.0.0.1', { 'X-Forwarded-For': '198.51.100.7, 203.0.113.9, 10.0.0.2' }));
  assert.equal(seen.visitor(), '203.0.113.9');
});

test('a proxy that is not trusted is the visitor himself', () => {
  const forwarded = trustProxies(['10.0.0.0/8']);
  assert.equal(forwarded(arrival('192.0.2.1', { 'X-Forwarded-For': '203.0.113.9' })).visitor(), '192.0.2.1');
});

test('garbage in X-Forwarded-For ends the search at the proxy', () => {
  const forwarded = trustProxies(['10.0.0.0/8']);
  for (const garbage of ['', 'unknown', ', ,', '203.0.113.9, <x>', '999.1.1.1']) {
    assert.equal(forwarded(arrival('10.0.0.1', { 'X-Forwarded-For': garbage })).visitor(), '10.0.0.1');
  }
});

test('scheme and host of the visitor are told by a trusted proxy', () => {
  const forwarded = trustProxies(['::1/128']);
  const seen = forwarded(
    arrival('::1', { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'www.example.org' }),
  );
  assert.deepEqual([seen.isSecure, seen.host], [true, 'www.example.org']);
});

test('an address that the kernel wrote is plain without being read', () => {
  const word = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 0xffff }));
  fc.assert(
    fc.property(fc.array(word, { minLength: 8, maxLength: 8 }), (words) => {
      // those of long ago that hold an IPv4 address and nothing else, which Node writes with dots
      fc.pre(words.slice(0, 6).some((each) => each > 0));
      const text = words.map((each) => each.toString(16)).join(':');
      const { address } = new SocketAddress({ address: text, family: 'ipv6' });
      assert.equal(plainPeer(address), plainAddress(address));
      assert.equal(plainPeer(`${address}%eth0`), plainAddress(address));
    }),
  );
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      assert.equal(plainPeer(address), address);
      assert.equal(plainPeer(`::ffff:${address}`), plainAddress(`::ffff:${address}`));
    }),
  );
  assert.equal(plainPeer(''), '');
});

test('an IPv4 visitor of a dual-stack listener has his IPv4 address', () => {
  assert.equal(plainAddress('::ffff:192.0.2.1'), '192.0.2.1');
  assert.equal(plainAddress('2001:db8::1'), '2001:db8::1');
});
