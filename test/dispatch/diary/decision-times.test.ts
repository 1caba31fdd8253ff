import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Arrival } from '../../../src/dispatch/visit/arrival.ts';
import { DECISION_SUM } from '../../../src/dispatch/diary/decision-rows.ts';
import { timed, TIMED_EVERY } from '../../../src/dispatch/diary/decision-times.ts';
import { allocateLedger, openLedger } from '../../../src/dispatch/ledger/ledger.ts';

test('one decision in 128 is timed and counted by how long it took', () => {
  const shape = { threads: 1, slots: 1 };
  const ledger = openLedger(allocateLedger(shape), shape, 0);
  let now = 0;
  let looks = 0;
  const clock = {
    now: () => {
      looks += 1;
      return now;
    },
  };
  const dispatch = timed(
    () => {
      now += 0.015;
      return undefined;
    },
    { ledger, clock },
  );
  for (let visit = 0; visit < 3 * TIMED_EVERY; visit += 1) void dispatch({} as Arrival);
  assert.equal(looks, 6);
  assert.equal(ledger.counted('decided-20'), 3);
  assert.ok(Math.abs(ledger.counted(DECISION_SUM) - 45) < 0.001);
});
