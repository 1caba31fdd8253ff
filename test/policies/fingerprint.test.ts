import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fingerprint, mixed } from '../../src/policies/fingerprint.ts';
import { tally } from './pool-of.ts';

describe('fingerprint', () => {
  it('is a whole number below 2^53 and has no two alike among 200,000 names', () => {
    const seen = new Set<number>();
    for (let n = 0; n < 200_000; n++) {
      const print = fingerprint(`web${n}`);
      assert.ok(Number.isSafeInteger(print) && print >= 0);
      seen.add(print);
    }
    assert.equal(seen.size, 200_000);
  });

  it('stays the same from version to version, so that an update moves nobody', () => {
    assert.equal(fingerprint('web8086'), 1529534455449352);
  });

  it('fills 256 bins evenly when mixed with another', () => {
    let nth = 0;
    const bins = tally(65_536, 256, () => mixed((nth >> 8) ^ ((nth++ & 255) << 8), 0) >>> 24);
    const chiSquare = bins.reduce((sum, count) => sum + (count - 256) ** 2 / 256, 0);
    assert.ok(chiSquare > 150 && chiSquare < 380, String(chiSquare)); // 255 degrees of freedom: 255 ± 5.5 × 22.6
  });
});
