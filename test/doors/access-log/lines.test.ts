import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createLines } from '../../../src/doors/access-log/lines.ts';

test('lines come out whole, in their order, as many as fit in a piece and at least one', () => {
  const line = fc.nat({ max: 300 }).map((length) => `${'x'.repeat(length)}é\n`);
  const step = fc.oneof(fc.array(line, { maxLength: 900 }), fc.constant(0), fc.nat({ max: 70_000 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const lines = createLines();
      let waiting = '';
      for (const next of steps) {
        if (typeof next === 'number') {
          const taken = lines.take(next).toString('latin1');
          assert.ok(waiting.startsWith(taken));
          assert.ok(waiting === '' || taken.endsWith('\n'));
          if (taken.length > next) assert.equal(taken.indexOf('\n'), taken.length - 1);
          else if (taken !== waiting) assert.ok(waiting.indexOf('\n', taken.length) + 1 > next);
          waiting = waiting.slice(taken.length);
        } else {
          for (const one of next) lines.add(one);
          waiting += next.join('');
        }
        assert.equal(lines.bytes(), waiting.length);
      }
    }),
    { numRuns: 60 },
  );
});
