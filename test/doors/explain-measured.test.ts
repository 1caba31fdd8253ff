import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainVisit } from '../../src/doors/why/explain.ts';
import { nothingKnown } from '../../src/model/pool.ts';
import { nearOf } from '../dispatch/near-of.ts';
import { plainSettings } from './a-door.ts';

test('the Usher that runs explains nearest by what it has heard until now, not by what it wrote down last', async () => {
  for (const [slowest, nearest] of [
    [0, 'web8087'],
    [1, 'web8086'],
  ] as const) {
    const told = await explainVisit(
      { path: '/x', from: '203.0.113.9' },
      {
        settings: plainSettings({ policy: { name: 'nearest', options: { learn: 0 } }, affinity: false }),
        slots: new Map([
          ['web8086', 0],
          ['web8087', 1],
        ]),
        ledger: { since: () => 0, fading: [] },
        nextTicket: () => 0,
        known: () => Promise.resolve({ snapshot: nothingKnown('none'), words: 'to a test' }),
        measured: () => nearOf([0, 1].map((slot) => ({ slot, ms: slot === slowest ? 300 : 20 }))),
        clock: { now: () => 0, wall: () => 0 },
        dice: () => 0,
      },
    );
    assert.ok('secondary' in told, JSON.stringify(told));
    assert.deepEqual([told.secondary, told.because], [nearest, 'nearest']);
    assert.deepEqual(told.secondaries.map(({ score }) => score).sort(), [20, 300]);
  }
});
