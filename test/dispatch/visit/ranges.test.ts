import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { inRanges } from '../../../src/dispatch/visit/ranges.ts';

test('an address lies in a range that has its first bits, and in none of the other family', () => {
  const word = fc.constantFrom('0', '1', '8000', 'ffff', '0a00');
  const four = fc.constantFrom('0', '10', '127', '128', '255');
  const ipV4 = fc.array(four, { minLength: 4, maxLength: 4 }).map((parts) => parts.join('.'));
  const ipV6 = fc.array(word, { minLength: 8, maxLength: 8 }).map((parts) => parts.join(':'));
  const range = fc.oneof(
    fc.tuple(ipV4, fc.integer({ min: 0, max: 32 })),
    fc.tuple(ipV6, fc.integer({ min: 0, max: 128 })),
  );
  fc.assert(
    fc.property(fc.array(range, { maxLength: 3 }), fc.oneof(ipV4, ipV6), (ranges, text) => {
      const address = ipaddr.parse(text);
      const isIn = ranges.some(([first, bits]) => {
        const base = ipaddr.parse(first);
        return base.kind() === address.kind() && address.match([base, bits] as never);
      });
      assert.equal(inRanges(ranges.map(([first, bits]) => `${first}/${String(bits)}`))(text), isIn);
    }),
    { numRuns: 1000 },
  );
});

test('what is no address lies in no range, and a range may be spelled in any way that the config takes', () => {
  const isIn = inRanges(['0.0.0.0/0', '::/0', '2001:DB8::/32', '64:ff9b::010.0.0.0/96']);
  for (const text of ['', 'unknown', '1.2.3', '999.1.1.1', '::g', '10.0.0.1 ', '10.0.0.1:80'])
    assert.equal(isIn(text), false, text);
  assert.equal(inRanges(['64:ff9b::010.0.0.0/104'])('64:ff9b::a00:1'), true);
});
