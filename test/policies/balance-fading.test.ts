import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  clearFading,
  countVisitor,
  fadedAt,
  fadedSum,
  moveVisitor,
} from '../../src/policies/balance/fading.ts';
import { emptyCounts } from './believed.ts';

const near = (value: number, expected: number): void =>
  assert.ok(Math.abs(value - expected) <= 1e-9 * Math.max(1, expected), `${value} is not ${expected}`);

describe('fading counts', () => {
  it('count a visitor as one at once, as 1/e after 60 s slowly and after 10 s fast', () => {
    const counts = emptyCounts(3);
    countVisitor(counts[0]!, 1, 5000);
    near(fadedAt(counts, 1, 5000).slow, 1);
    near(fadedAt(counts, 1, 5000).fast, 1);
    near(fadedAt(counts, 1, 65_000).slow, Math.exp(-1));
    near(fadedAt(counts, 1, 15_000).fast, Math.exp(-1));
    near(fadedAt(counts, 0, 5000).slow, 0);
  });

  it('are the sum of every visitor at his own age, however close they come', () => {
    const visits = fc.array(fc.record({ afterMs: fc.nat(5000), slot: fc.nat(3) }), { maxLength: 200 });
    fc.assert(
      fc.property(visits, fc.nat(60_000), (steps, laterMs) => {
        const counts = emptyCounts(4);
        let now = 1e6;
        const sent = steps.map(({ afterMs, slot }) => {
          now += afterMs;
          countVisitor(counts[0]!, slot, now);
          return { at: now, slot };
        });
        const asked = now + laterMs;
        for (let slot = 0; slot < 4; slot += 1) {
          const mine = sent.filter((one) => one.slot === slot);
          const { slow, fast } = fadedAt(counts, slot, asked);
          const expected = (spanMs: number): number =>
            mine.reduce((sum, { at }) => sum + Math.exp((at - asked) / spanMs), 0);
          assert.ok(Math.abs(slow - expected(60_000)) < 1e-6);
          assert.ok(Math.abs(fast - expected(10_000)) < 1e-6);
        }
      }),
    );
  });

  it('are the same in a pool of thousands, where a visit brings few of them up to date', () => {
    const counts = emptyCounts(3000);
    const slots = [0, 255, 256, 2999, 1000];
    const sent = Array.from({ length: 400 }, (_, nth) => ({
      slot: slots[(nth * nth) % 5]!,
      at: 1e6 + nth * 97,
    }));
    for (const { slot, at } of sent) countVisitor(counts[0]!, slot, at);
    moveVisitor(counts[0]!, { from: 0, to: 1000, since: sent[0]!.at }, 1e6 + 39_000);
    const asked = 1e6 + 45_000;
    const whose = sent.map((one, nth) => (nth === 0 ? { ...one, slot: 1000 } : one));
    for (const slot of slots) {
      const mine = whose.filter((one) => one.slot === slot);
      const expected = (lifeMs: number): number =>
        mine.reduce((sum, { at }) => sum + Math.exp((at - asked) / lifeMs), 0);
      near(fadedAt(counts, slot, asked).slow, expected(60_000));
      near(fadedAt(counts, slot, asked).fast, expected(10_000));
    }
    clearFading(counts[0]!, 256);
    const rest = slots.reduce((sum, slot) => sum + fadedAt(counts, slot, asked).slow, 0);
    near(fadedSum(counts, asked), rest);
  });

  it('of several threads add up', () => {
    const counts = emptyCounts(2, 3);
    for (const [thread, each] of counts.entries()) countVisitor(each, 1, 1000 + thread);
    assert.ok(Math.abs(fadedAt(counts, 1, 1002).slow - 3) < 1e-3);
    assert.ok(Math.abs(fadedSum(counts, 1002) - 3) < 1e-3);
  });

  it('know their sum', () => {
    const counts = emptyCounts(5);
    for (let visitor = 0; visitor < 500; visitor += 1) countVisitor(counts[0]!, visitor % 5, visitor * 137);
    const sum = [0, 1, 2, 3, 4].reduce((total, slot) => total + fadedAt(counts, slot, 70_000).slow, 0);
    near(fadedSum(counts, 70_000), sum);
  });

  it('are nothing, and no numbers that slow the machine down, after a week of silence', () => {
    const counts = emptyCounts(2);
    countVisitor(counts[0]!, 0, 0);
    countVisitor(counts[0]!, 1, 7 * 86_400_000);
    assert.equal(counts[0]!.slow[0], 0);
    assert.equal(counts[0]!.fast[0], 0);
  });
});
