import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseObject } from '../../src/config/parse.ts';
import { printConfig } from '../../src/config/print.ts';
import { arbitraryConfig } from './arbitrary-config.ts';
import { means, parseText } from './parse-text.ts';
import { units } from './units.ts';

/** A port of -0 is one of 0. */
const plainZero = (_: string, value: unknown): unknown => (value === 0 ? 0 : value);

test('a config parsed, printed and parsed again is the same', () => {
  fc.assert(
    fc.property(arbitraryConfig, (config) => {
      const first = parseObject(config, means);
      assert.deepEqual(first.ok ? [] : first.mistakes, []);
      assert.ok(first.ok);
      const again = parseObject(printConfig(first.settings, units), means);
      assert.deepEqual(again, first);
    }),
    { numRuns: 500 },
  );
});

test('a config says the same however its text is laid out', () => {
  const indent = fc.constantFrom('', ' ', '\t', '   \r\n ');
  fc.assert(
    fc.property(arbitraryConfig, indent, (config, blanks) => {
      assert.deepEqual(parseText(JSON.stringify(config, null, blanks)), parseObject(config, means));
    }),
    { numRuns: 300 },
  );
});

test('a config with one character changed is refused with a place, or loads what it says', () => {
  const text = readFileSync(new URL('contract-example.json', import.meta.url), 'utf8');
  assert.ok(parseText(text).ok);
  const char = fc.oneof(
    fc.constantFrom(...Array.from('{}[]",:\\/ \n\t0189-.eE+#@%tfnu\'*_\u0000\u2028\uFEFF')),
    fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
  );
  const mutation = fc.record({
    at: fc.nat(text.length - 1),
    takes: fc.constantFrom(0, 1),
    puts: fc.oneof(fc.constant(''), char),
  });
  let refused = 0;
  fc.assert(
    fc.property(mutation, ({ at, takes, puts }) => {
      const mutated = text.slice(0, at) + puts + text.slice(at + takes);
      const parsed = parseText(mutated);
      if (parsed.ok) {
        assert.deepEqual(parsed, parseObject(JSON.parse(mutated, plainZero), means));
        return;
      }
      refused += 1;
      const lines = mutated.split(/\r\n|\r|\n/);
      assert.ok(parsed.mistakes.length > 0);
      for (const { file, line = 0, column = 0, what } of parsed.mistakes) {
        assert.equal(file, 'usher.json');
        assert.notEqual(what, '');
        const there = lines[line - 1];
        assert.ok(there !== undefined && column >= 1 && column <= there.length + 1, `${line}:${column}`);
      }
    }),
    { numRuns: 800 },
  );
  assert.ok(refused > 250, `only ${refused} mutations were refused`);
});

test('any text at all is read or refused, never thrown at', () => {
  const json = fc.string({ unit: fc.constantFrom(...Array.from('{}[]",: \n\\u0081-.etrufalsn/*')) });
  fc.assert(
    fc.property(fc.oneof(json, fc.string({ unit: 'binary' }), fc.json()), (text) => {
      const parsed = parseText(text);
      assert.ok(parsed.ok || parsed.mistakes.length > 0);
      if (parsed.ok) JSON.parse(text);
    }),
    { numRuns: 800 },
  );
});
