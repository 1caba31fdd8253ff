import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { numberIn } from '../../src/loads/numbers.ts';

test('a number comes through as it is, also as text', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e15, noNaN: true }), (number) => {
      assert.equal(numberIn(number), Math.abs(number));
      assert.equal(numberIn(` ${number}\n`), Math.abs(number));
    }),
  );
  assert.equal(numberIn('.5'), 0.5);
  assert.equal(numberIn('5.'), 5);
});

test('nothing else becomes a number', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const number = numberIn(value);
      if (number === undefined) return;
      assert.ok(number >= 0 && number <= 1e15);
      assert.ok(typeof value === 'number' || (typeof value === 'string' && value.trim() !== ''));
    }),
  );
  for (const value of [
    '',
    ' ',
    '1,5',
    '0x10',
    '1_000',
    'Infinity',
    NaN,
    Infinity,
    -1,
    1e16,
    null,
    true,
    [1],
    {},
  ]) {
    assert.equal(numberIn(value), undefined);
  }
});

test('a text made to be slow is not', () => {
  assert.equal(numberIn(`${'1'.repeat(1_000_000)}x`), undefined);
});
