import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { backward, onward } from '../../src/relay/headers.ts';

const ABOUT = {
  host: 'www.example.org',
  visitor: '203.0.113.9',
  scheme: 'http',
  forwardedHost: 'www.example.org',
  cookie: undefined,
};
const asItIs = (location: string): string => location;
const pairs = (flat: readonly string[]): readonly (readonly [string, string])[] =>
  flat.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), flat[at + 1] ?? ''] as const] : []));
const valuesOf = (flat: readonly string[], wanted: string): readonly string[] =>
  pairs(flat).flatMap(([name, value]) => (name === wanted ? [value] : []));

test('nobody signs in the connection that others are carried over too', () => {
  for (const credentials of ['NTLM TlRMTVNTUAAB', 'negotiate YII=', ' Negotiate abc']) {
    assert.deepEqual(valuesOf(onward(['Authorization', credentials], ABOUT), 'authorization'), []);
  }
  for (const credentials of ['Basic bWU6bWU=', 'Bearer abc', 'NTLM-like x']) {
    assert.deepEqual(valuesOf(onward(['Authorization', credentials], ABOUT), 'authorization'), [credentials]);
  }
  const left = (...offers: readonly string[]): readonly string[] =>
    valuesOf(backward({ 'www-authenticate': offers }, asItIs), 'www-authenticate');
  assert.deepEqual(left('Negotiate', 'NTLM', 'Basic realm="x, y"'), ['Basic realm="x, y"']);
  assert.deepEqual(left('Negotiate, NTLM TlRM==, Basic realm="x"'), ['Basic realm="x"']);
  assert.deepEqual(left('Basic realm="x", NTLM'), ['Basic realm="x"']);
  assert.deepEqual(left('NTLM challenge'), []);
});

test('what an answer says of the whole origin, or of the connection, never comes through', () => {
  const kept = ['content-type', 'etag', 'x-own'];
  const dropped = [
    ...['strict-transport-security', 'alt-svc', 'clear-site-data', 'nel', 'report-to'],
    ...['keep-alive', 'transfer-encoding', 'upgrade', 'trailer', 'proxy-authenticate', 'x-hop'],
  ];
  fc.assert(
    fc.property(fc.subarray([...kept, ...dropped]), fc.string(), (names, value) => {
      const answered = Object.fromEntries(names.map((name) => [name, value]));
      const headers = backward({ ...answered, connection: 'close, X-Hop' }, asItIs);
      const expected = names.filter((name) => kept.includes(name));
      assert.deepEqual(
        pairs(headers),
        expected.map((name) => [name, value]),
      );
    }),
  );
});

test('a file name beyond ASCII goes without a length, which Node would refuse', () => {
  const named = (name: string): readonly string[] =>
    valuesOf(
      backward({ 'content-disposition': `attachment; filename="${name}"`, 'content-length': '7' }, asItIs),
      'content-length',
    );
  assert.deepEqual(named('caf\u00e9.pdf'), []);
  assert.deepEqual(named('cafe.pdf'), ['7']);
});

test('what is said of the visitor is only what the relay says, however the name is spelt', () => {
  for (const name of ['X-Forwarded-For', 'X_Forwarded_For', 'x-forwarded_for', 'X_REAL_IP', 'Forwarded']) {
    const headers = onward([name, '198.51.100.1', 'X_Own', 'kept'], ABOUT);
    assert.ok(!headers.includes('198.51.100.1'), name);
    assert.deepEqual(valuesOf(headers, 'x-forwarded-for'), [ABOUT.visitor]);
    assert.deepEqual(valuesOf(headers, 'x_own'), ['kept']);
  }
});
