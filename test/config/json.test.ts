import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readJson } from '../../src/config/json.ts';
import { placesIn } from '../../src/config/place.ts';

test('strict JSON is read as the platform reads it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, ' ', '\t'), (value, indent) => {
      fc.pre(!JSON.stringify(value).includes('__proto__'));
      const text = JSON.stringify(value, null, indent);
      const json = readJson(text);
      assert.deepEqual(json.slips, []);
      assert.deepEqual(json.value, JSON.parse(text));
    }),
  );
});

test('what the platform refuses has a slip', () => {
  const odd = [
    '{"a":1}\u2028',
    '{"a":\u00a01}',
    '[1.]',
    '[01]',
    '[.5]',
    '["\\u12"]',
    'nul',
    '[1,,2]',
    '{,}',
    '{"a" 1}',
  ];
  for (const text of odd) {
    assert.throws(() => JSON.parse(text) as unknown);
    assert.ok(readJson(text).slips.length > 0, text);
  }
});

test('half a megabyte of slips is told in a moment', { timeout: 10_000 }, () => {
  assert.ok(readJson(`[${'1 '.repeat(100_000)}]`).slips.length > 1000);
  assert.ok(readJson(`{${'"a":1,'.repeat(60_000)}"a":1}`).slips.length > 1000);
  assert.ok(readJson('['.repeat(500_000)).slips.length === 1);
  assert.ok(readJson('"'.repeat(500_000)).slips.length >= 1);
});

test('places count lines as editors do', () => {
  const place = placesIn('a\nbc\r\nd\re');
  const at = (offset: number): string => `${place(offset).line}:${place(offset).column}`;
  assert.deepEqual([0, 1, 2, 3, 6, 8].map(at), ['1:1', '1:2', '2:1', '2:2', '3:1', '4:1']);
});
