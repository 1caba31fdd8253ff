import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { finish } from '../../src/model/slices.ts';
import { burdensOf, heldBy } from '../../src/policies/burden.ts';
import { poolOf, type Like } from './pool-of.ts';

const heldIn = (...likes: readonly Like[]): readonly number[] => [...finish(heldBy(poolOf(likes)))];

describe('burden', () => {
  it('is held, sent since and one more, for each unit of weight', () => {
    const burdens = burdensOf(poolOf([{ weight: 2, load: { running: 5 } }]));
    assert.equal(burdens.of(0, { since: () => 4, fading: [] }), 5);
  });

  it('counts from when the candidates were made where there is no report to count from', () => {
    const sent = [2, 100_000];
    const ledger = { since: (slot: number) => sent[slot] ?? 0, fading: [] };
    const burdens = burdensOf(poolOf([{ load: { running: 3 } }, {}], ledger));
    assert.deepEqual([burdens.of(0, ledger), burdens.of(1, ledger)], [6, 4]);
    sent[1] = 100_007;
    assert.equal(burdens.of(1, ledger), 11);
    sent[1] = 0; // its first report came, and the next snapshot did not yet
    assert.equal(burdens.of(1, ledger), 4);
  });

  it('takes running before all other figures', () => {
    assert.deepEqual(
      heldIn({ load: { running: 3, sessions: 90 } }, { load: { running: 1, sessions: 10, answerMs: 400 } }),
      [3, 1],
    );
  });

  it('gives one without a report its fair share by weight', () => {
    assert.deepEqual(
      heldIn({ load: { running: 4 } }, { load: { running: 8 }, weight: 2 }, { weight: 3 }),
      [4, 8, 12],
    );
  });

  it('takes a report without a figure for no report', () => {
    assert.deepEqual(heldIn({ load: { running: 4 } }, { load: { busySeconds: 7, done: 9 } }), [4, 4]);
  });

  it('compares sessions with sessions in a pool where others tell what is running', () => {
    assert.deepEqual(
      heldIn(
        { load: { running: 2 } },
        { load: { running: 4 } },
        { load: { sessions: 100 } },
        { load: { sessions: 300 } },
      ),
      [2, 4, 1.5, 4.5],
    );
  });

  it('lets shares of use alone order idle ones, one visitor for each unit of weight on average', () => {
    assert.deepEqual(heldIn({ load: { utilization: 0.25 } }, { load: { utilization: 0.75 } }), [0.5, 1.5]);
  });

  it('sees no visitors in an answer time: who is farther away is not fuller', () => {
    assert.deepEqual(heldIn({ load: { answerMs: 1 } }, { load: { answerMs: 3 } }, {}), [1, 1, 1]);
    assert.deepEqual(heldIn({ load: { running: 2 } }, { load: { answerMs: 30 } }), [2, 2]);
  });

  it('knows no difference where nobody reports or all report zero', () => {
    assert.deepEqual(heldIn({}, {}), [1, 1]);
    assert.deepEqual(heldIn({ load: { running: 0 } }, {}), [0, 0]);
  });
});
