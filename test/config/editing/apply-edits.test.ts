import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyEdits } from '../../../src/config/editing/apply-edits.ts';

/** Text before, the path, the value, and the text after. */
const EDITS: readonly (readonly [string, string, (string | number)[], unknown, string])[] = [
  ['a value changes in its place', '{ "a":   1,\n\t"b" : 2 }', ['a'], 'x', '{ "a":   "x",\n\t"b" : 2 }'],
  [
    'a key in one line is added in that line',
    '[{ "port": 8086 }]',
    [0, 'state'],
    'drain',
    '[{ "port": 8086, "state": "drain" }]',
  ],
  [
    'a key of a tight text is added tightly',
    '[{"port":8086}]',
    [0, 'state'],
    'drain',
    '[{"port":8086,"state": "drain"}]',
  ],
  [
    'a key of its own line is added in a line of its own',
    '{\n    "a": 1,\n    "b": 2\n}\n',
    ['c'],
    3,
    '{\n    "a": 1,\n    "b": 2,\n    "c": 3\n}\n',
  ],
  [
    'line ends stay those of Windows',
    '{\r\n  "a": 1\r\n}\r\n',
    ['b'],
    2,
    '{\r\n  "a": 1,\r\n  "b": 2\r\n}\r\n',
  ],
  [
    'columns that somebody lined up stay',
    '{\n  "a":    1,\n  "long": 2\n}',
    ['long'],
    3,
    '{\n  "a":    1,\n  "long": 3\n}',
  ],
  ['a key is added to an empty object', '{"a": {  }}', ['a', 'b'], 1, '{"a": { "b": 1 }}'],
  [
    'an item is added behind the others',
    '[\n  1,\n  2\n]',
    [2],
    { port: 8088 },
    '[\n  1,\n  2,\n  { "port": 8088 }\n]',
  ],
  ['an item is added to an empty list', '{ "a": [] }', ['a', 0], 1, '{ "a": [1] }'],
  ['the last item is taken out', '[1,2]', [1], undefined, '[1]'],
  ['the first item is taken out', '[ 1, 2 ]', [0], undefined, '[ 2 ]'],
  ['an item between is taken out with its line', '[\n  1,\n  2,\n  3\n]', [1], undefined, '[\n  1,\n  3\n]'],
  ['the only item is taken out', '[ 1 ]', [0], undefined, '[]'],
  ['a key is taken out', '{ "a": 1, "b": 2 }', ['b'], undefined, '{ "a": 1 }'],
  ['what is not there is not taken out', '{ "a": 1 }', ['b'], undefined, '{ "a": 1 }'],
];

for (const [claim, before, path, value, after] of EDITS) {
  test(claim, () => {
    assert.equal(applyEdits(before, [{ path, value }]), after);
  });
}

test('edits are made one after the other', () => {
  const edits = [{ path: ['b'], value: 1 }, { path: ['a'] }, { path: ['b'], value: 2 }];
  assert.equal(applyEdits('{ "a": 0 }', edits), '{ "b": 2 }');
});

test('a path that leads nowhere is an error of the program', () => {
  for (const path of [[], ['a', 'b'], [0], ['list', 3], ['list', -1], ['list', 'x']]) {
    assert.throws(() => applyEdits('{ "a": 1, "list": [1, 2] }', [{ path, value: 1 }]), TypeError);
  }
});

test('an edited text says what was edited, and nothing else of it changes', () => {
  const value = fc.jsonValue({ maxDepth: 2 }).filter((one) => !JSON.stringify(one).includes('__proto__'));
  const object = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), value, { minKeys: 1 });
  const list = fc.array(object, { minLength: 1, maxLength: 4 });
  const edit = fc.record({ at: fc.nat(), key: fc.constantFrom('a', 'b', 'x'), put: value });
  const blanks = fc.constantFrom('', ' ', '\t', '    ');
  fc.assert(
    fc.property(list, edit, blanks, (items, { at, key, put }, indent) => {
      const index = at % items.length;
      const edited = applyEdits(JSON.stringify(items, null, indent), [{ path: [index, key], value: put }]);
      const expected = items.map((item, i) => (i === index ? { ...item, [key]: put } : item));
      assert.deepEqual(JSON.parse(edited), JSON.parse(JSON.stringify(expected)));
      assert.deepEqual(
        Object.keys((JSON.parse(edited) as object[])[index] ?? {}),
        Object.keys(expected[index] ?? {}),
      );

      const without = applyEdits(JSON.stringify(items, null, indent), [{ path: [index] }]);
      assert.deepEqual(JSON.parse(without), JSON.parse(JSON.stringify(items.filter((_, i) => i !== index))));
    }),
  );
});
