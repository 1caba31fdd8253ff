import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { createBusyTime } from '../../src/report/busy-time.ts';
import { createWork } from '../../src/report/work.ts';

/** Requests by when they end and how long they took, in the order of their ends. */
const requests = fc
  .array(fc.record({ endedAt: fc.nat(10_000), tookMs: fc.nat(3_000) }, { noNullPrototype: true }), {
    maxLength: 60,
  })
  .map((list) => [...list].sort((one, other) => one.endedAt - other.endedAt));

/** Milliseconds in which at least one is in service, counted one by one. */
const busyMs = (
  list: readonly { readonly endedAt: number; readonly tookMs: number }[],
  until: number,
): number => {
  let busy = 0;
  for (let ms = 0; ms < until; ms += 1) {
    if (list.some(({ endedAt, tookMs }) => ms >= endedAt - tookMs && ms < endedAt)) busy += 1;
  }
  return busy;
};

test('busy time is that with at least one request in service, however they overlap', () => {
  fc.assert(
    fc.property(requests, (list) => {
      const busy = createBusyTime(0);
      for (const { endedAt, tookMs } of list) busy.add(endedAt, tookMs);
      assert.equal(busy.seconds(100_000), busyMs(list, 10_000) / 1_000);
    }),
    { numRuns: 50 },
  );
});

test('the counter never falls and never runs faster than the clock', () => {
  fc.assert(
    fc.property(requests, fc.nat(2_000), (list, step) => {
      const busy = createBusyTime(0);
      let toldAt = 0;
      let told = 0;
      for (const { endedAt, tookMs } of list) {
        busy.add(endedAt, tookMs);
        if (endedAt < toldAt + step) continue;
        const next = busy.seconds(endedAt);
        assert.ok(next >= told && next - told <= (endedAt - toldAt) / 1_000 + 1e-9);
        told = next;
        toldAt = endedAt;
      }
    }),
  );
});

test('what a long request adds at its end is told in the time that follows', () => {
  const busy = createBusyTime(0);
  assert.equal(busy.seconds(60_000), 0);
  busy.add(61_000, 61_000);
  assert.equal(busy.seconds(62_000), 2);
  assert.equal(busy.seconds(92_000), 32);
  assert.equal(busy.seconds(992_000), 61);
});

test('however many gaps there are, few are remembered', () => {
  const busy = createBusyTime(0);
  for (let at = 2; at <= 2_000_000; at += 2) busy.add(at, 1);
  assert.equal(busy.seconds(1e9), 1_000);
  // it fills the gaps that are still known
  busy.add(2_000_002, 2_000_002);
  const filled = busy.seconds(2e9);
  assert.ok(filled > 1_002 && filled < 1_010, String(filled));
});

test('in an app, time with several requests in service counts once', () => {
  const work = createWork();
  work.begin(1_000);
  work.begin(1_500);
  assert.equal(work.running(), 2);
  work.end(2_000);
  assert.equal(work.busySeconds(2_500), 1.5);
  work.end(3_000);
  assert.deepEqual([work.running(), work.busySeconds(9_000)], [0, 2]);
});
