import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { parseStatuses } from '../../src/checks/statuses.ts';

const status = fc.integer({ min: 200, max: 599 });

test('a status passes exactly when a range holds it, and 404 never', () => {
  const ranges = fc.array(fc.tuple(status, status), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(ranges, status, (pairs, asked) => {
      const sorted = pairs.map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const);
      fc.pre(sorted.every(([low, high]) => low !== 404 || high !== 404));
      const list = sorted.map(([low, high]) => (low === high ? `${low}` : `${low}-${high}`)).join(',');
      const held = sorted.some(([low, high]) => asked >= low && asked <= high);
      assert.equal(parseStatuses(list)?.(asked), held && asked !== 404);
    }),
  );
  assert.equal(parseStatuses('200-599')?.(404), false);
});

test('what is no list of statuses is refused', () => {
  for (const list of [
    '',
    ',',
    '200,',
    '20',
    '2000',
    '200-',
    '-299',
    '299-200',
    '100',
    '600',
    '404',
    'OK',
    '2xx',
  ]) {
    assert.equal(parseStatuses(list), undefined, list);
  }
});
