import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { unjudged } from '../../src/verdicts/judge.ts';
import { warmth } from '../../src/verdicts/warmth.ts';

const warmingSince = (since: number) => ({ ...unjudged(0), health: 'up' as const, warmingSince: since });

describe('warmth', () => {
  it('is whole for a secondary that does not warm up, or where slow return is off', () => {
    assert.equal(warmth(unjudged(0), 5, 30_000), 1);
    assert.equal(warmth(warmingSince(0), 0, 0), 1);
  });

  it('grows in a straight line to the whole', () => {
    assert.equal(warmth(warmingSince(1000), 16_000, 30_000), 0.5);
    assert.equal(warmth(warmingSince(1000), 31_000, 30_000), 1);
    assert.equal(warmth(warmingSince(1000), 900_000, 30_000), 1);
  });

  it('begins at a tenth', () => {
    assert.equal(warmth(warmingSince(1000), 1000, 30_000), 0.1);
  });

  it('stays between a tenth and the whole and never sinks with time', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e15, max: 1e15, noNaN: true }),
        fc.double({ min: -1e15, max: 1e15, noNaN: true }),
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        (since, now, more, slowReturnMs) => {
          const early = warmth(warmingSince(since), now, slowReturnMs);
          const late = warmth(warmingSince(since), now + more, slowReturnMs);
          assert.ok(early >= 0.1 && late <= 1 && early <= late);
        },
      ),
    );
  });
});
