import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseTarget, splitAbsolute } from '../../../src/dispatch/visit/target.ts';

test('a target in origin form is kept byte for byte', () => {
  const visible = fc.integer({ min: 0x21, max: 0x7e }).filter((code) => code !== 0x23);
  fc.assert(
    fc.property(fc.array(visible), (codes) => {
      const raw = `/${String.fromCharCode(...codes)}`;
      assert.equal(parseTarget(raw), raw);
    }),
  );
});

test('behind a listed origin no target leads elsewhere', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (rest) => {
      const target = parseTarget(`/${rest}`);
      if (target === undefined) return;
      assert.equal(new URL(`http://listed.example:8086${target}`).origin, 'http://listed.example:8086');
    }),
  );
});

for (const raw of [
  '',
  'x',
  '*',
  'www.example.org:443',
  '/a b',
  '/a\tb',
  '/ä',
  '/a#b',
  '/a\r\nX: y',
  '/a\u0000',
  '\\x',
]) {
  test(`${JSON.stringify(raw)} is no target`, () => {
    assert.equal(parseTarget(raw), undefined);
  });
}

for (const raw of ['//evil.example/x', '/\\evil.example', '/%zz', '/?', '/@evil.example', '/"><script>']) {
  test(`${raw} is a target and stays what it is`, () => {
    assert.equal(parseTarget(raw), raw);
  });
}

test('a target in absolute form is split into host and rest', () => {
  assert.deepEqual(splitAbsolute('http://www.example.org:80/x?y'), {
    host: 'www.example.org:80',
    rest: '/x?y',
  });
  assert.deepEqual(splitAbsolute('HTTP://www.example.org'), { host: 'www.example.org', rest: '/' });
  assert.deepEqual(splitAbsolute('http://www.example.org?y'), { host: 'www.example.org', rest: '/?y' });
  assert.equal(splitAbsolute('ftp://www.example.org/'), undefined);
});
