import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Counts } from '../../src/dashboard/counts.ts';
import { createLeases } from '../../src/dashboard/leases.ts';

const LIFE = 60_000;

const counted = (given: number, { kept = 0, replaced = 0 } = {}): Counts => ({
  bySecondary: new Map([['a', { chosen: given, kept, given, replaced }]]),
  none: 0,
  refused: {},
  dropped: 0,
});

/** Leases of one secondary, moved second by second. */
const leasesOf = (startAt = 5_000_000) => {
  const leases = createLeases();
  let now = startAt;
  const second = (counts: Counts, { forMs = LIFE, seconds = 1 } = {}): void => {
    for (let at = 0; at < seconds; at += 1) {
      leases.note({ counts, ids: ['a'], forMs, now });
      now += 1000;
    }
  };
  return { lease: () => leases.of('a'), second, now: () => now };
};

test('visitors are forgotten one life of a cookie after they were sent', () => {
  const { lease, second } = leasesOf();
  second(counted(0));
  second(counted(12));
  assert.equal(lease().visitors, 12);
  second(counted(12), { seconds: 30 });
  second(counted(15));
  assert.equal(lease().visitors, 15);
  second(counted(15), { seconds: 31 });
  assert.equal(lease().visitors, 3);
  second(counted(15), { seconds: 31 });
  assert.equal(lease().visitors, 0);
});

test('a cookie in the place of another is one visitor, and he holds it for another life', () => {
  const { lease, second } = leasesOf();
  second(counted(0));
  second(counted(12), { seconds: 40 });
  second(counted(22, { kept: 10, replaced: 10 }));
  assert.equal(lease().visitors, 12);
  second(counted(22, { kept: 10, replaced: 10 }), { seconds: 25 });
  assert.equal(lease().visitors, 10);
  second(counted(22, { kept: 10, replaced: 14 }));
  assert.equal(lease().visitors, 6);
});

test('the end is one life after the last cookie, however often somebody comes back, and he is counted until then', () => {
  const { lease, second, now } = leasesOf();
  second(counted(0), { seconds: 70 });
  second(counted(1));
  const end = now() - 1000 + LIFE;
  // somebody whom nobody counted takes his place
  for (let kept = 0; now() < end; kept += 1) {
    second(counted(1, { kept, replaced: 1 }));
    if (now() <= end)
      assert.deepEqual(lease(), { visitors: Math.min(kept, 1), untilAt: end, hasUncounted: false });
  }
  second(counted(1, { kept: 1000, replaced: 1 }));
  assert.deepEqual(lease(), { visitors: 0, untilAt: undefined, hasUncounted: false });
});

test('what was before the start is unknown, so one life is waited for; a secondary that joins later has nobody', () => {
  const leases = createLeases();
  const counts: Counts = { ...counted(0), bySecondary: new Map() };
  leases.note({ counts, ids: ['a'], forMs: LIFE, now: 7000 });
  leases.note({ counts, ids: ['a', 'b'], forMs: LIFE, now: 8000 });
  const nobody = { visitors: 0, untilAt: undefined, hasUncounted: false };
  assert.deepEqual(leases.of('a'), { visitors: 0, untilAt: 7000 + LIFE, hasUncounted: true });
  assert.deepEqual(leases.of('b'), nobody);
  assert.deepEqual(leases.of('never'), nobody);
  leases.note({ counts, ids: ['a', 'b'], forMs: LIFE, now: 7000 + LIFE });
  assert.deepEqual(leases.of('a'), nobody);
});

test('without cookies nobody is bound', () => {
  const { lease, second } = leasesOf();
  second(counted(0), { forMs: 0 });
  second(counted(9), { forMs: 0, seconds: 3 });
  assert.deepEqual(lease(), { visitors: 0, untilAt: undefined, hasUncounted: false });
});

test('a new life of the cookie loses nobody', () => {
  const { lease, second } = leasesOf();
  second(counted(0));
  second(counted(5), { seconds: 40 });
  second(counted(5), { forMs: 10 * LIFE });
  assert.equal(lease().visitors, 5);
  second(counted(5), { forMs: LIFE });
  assert.equal(lease().visitors, 5);
});

test('counts that begin anew count nobody twice, and never less than nobody', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { maxLength: 200 }), (totals) => {
      const { lease, second } = leasesOf();
      let sent = 0;
      let before = 0;
      for (const total of totals) {
        second(counted(total));
        sent += Math.max(0, total - before);
        before = total;
        assert.ok(lease().visitors >= 0 && lease().visitors <= sent);
      }
    }),
  );
});
