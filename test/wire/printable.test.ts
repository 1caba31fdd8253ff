import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { printable } from '../../src/wire/printable.ts';

const noise = fc.uint8Array({ maxLength: 900 }).map((bytes) => Buffer.from(bytes).toString('utf8'));

test('a printable text is visible ASCII and single spaces, at most 200 characters', () => {
  fc.assert(
    fc.property(noise, (text) => {
      assert.match(printable(text), /^(?! )(?:[\x21-\x7e]| (?! ))*$/);
      assert.ok(printable(text).length <= 200);
    }),
    { numRuns: 300 },
  );
});

test('a plain sentence stays as it is', () => {
  const sentence = 'connect ECONNREFUSED 127.0.0.1:8086 (nobody "there"?)';
  assert.equal(printable(sentence), sentence);
});

test('line breaks, escape sequences and bells lose their power', () => {
  assert.equal(printable('a\r\nb\u001b[31mred\u0007'), 'a b?[31mred?');
});

test('a text that is cut says so', () => {
  assert.equal(printable('x'.repeat(201)), `${'x'.repeat(197)}...`);
  assert.equal(printable('x'.repeat(200)), 'x'.repeat(200));
});
