import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foldSpeed, UNKNOWN_SPEED, type Speed } from '../../src/policies/balance/speed.ts';
import { seeded } from './pool-of.ts';

/** Completions in a busy second. */
const perSecond = ({ log }: Speed): number => Math.exp(log ?? NaN);

const steady = (speed: Speed, rate: number, blocks: number): Speed =>
  Array.from({ length: blocks }).reduce<Speed>(
    (known) => foldSpeed(known, { done: rate * 30, busySeconds: 30, seconds: 40, visitors: 30 }),
    speed,
  );

describe('the learned speed', () => {
  it('is what a machine completes in a busy second', () => {
    assert.ok(Math.abs(perSecond(steady(UNKNOWN_SPEED, 10, 5)) - 10) < 1e-9);
  });

  it('waits for enough requests before it says anything, however small the reports are', () => {
    let speed = UNKNOWN_SPEED;
    for (let report = 0; report < 39; report += 1) {
      speed = foldSpeed(speed, { done: 1, busySeconds: 0.1, seconds: 1, visitors: 0 });
      assert.equal(speed.log, undefined);
    }
    speed = foldSpeed(speed, { done: 1, busySeconds: 0.1, seconds: 1, visitors: 0 });
    assert.ok(Math.abs(perSecond(speed) - 10) < 1e-9);
  });

  it('follows a machine that falls to a third by the next report', () => {
    const known = steady(UNKNOWN_SPEED, 10, 50);
    const after = perSecond(steady(known, 10 / 3, 1));
    assert.ok(after < 4, String(after));
  });

  it('follows a machine that becomes a quarter slower within ten reports, most of the way', () => {
    const after = perSecond(steady(steady(UNKNOWN_SPEED, 10, 100), 7.5, 10));
    assert.ok(after < 8.2, String(after));
  });

  it('is hardly led astray by chance: in a thousand noisy reports it is seldom a fifth off', () => {
    const dice = seeded(7);
    // a sum of 300 heavy-tailed requests spreads by a sixth
    const noise = (): number => Math.exp((Array.from({ length: 12 }, dice).reduce((a, b) => a + b) - 6) / 6);
    let speed = steady(UNKNOWN_SPEED, 10, 5);
    let off = 0;
    for (let report = 0; report < 1000; report += 1) {
      speed = foldSpeed(speed, { done: 300, busySeconds: 30 * noise(), seconds: 40, visitors: 30 });
      if (Math.abs(Math.log(perSecond(speed) / 10)) > 0.2) off += 1;
    }
    assert.ok(off < 20, String(off));
  });
});
