import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { burdenOf, ladenOf } from '../../src/policies/burden.ts';
import { poolOf, type Like } from './pool-of.ts';

const heldBy = (...likes: readonly Like[]): readonly number[] =>
  ladenOf(poolOf(likes)).map(({ held }) => held);

describe('burden', () => {
  it('is held, sent since and one more, for each unit of weight', () => {
    const [row] = ladenOf(poolOf([{ weight: 2, load: { running: 5 } }]));
    assert.equal(burdenOf(row, { since: () => 4 }), 5);
  });

  it('takes running before all other figures', () => {
    assert.deepEqual(
      heldBy({ load: { running: 3, sessions: 90 } }, { load: { running: 1, sessions: 10, answerMs: 400 } }),
      [3, 1],
    );
  });

  it('gives one without a report its fair share by weight', () => {
    assert.deepEqual(
      heldBy({ load: { running: 4 } }, { load: { running: 8 }, weight: 2 }, { weight: 3 }),
      [4, 8, 12],
    );
  });

  it('takes a report without a figure for no report', () => {
    assert.deepEqual(heldBy({ load: { running: 4 } }, { load: { busySeconds: 7, done: 9 } }), [4, 4]);
  });

  it('compares sessions with sessions in a pool where others tell what is running', () => {
    assert.deepEqual(
      heldBy(
        { load: { running: 2 } },
        { load: { running: 4 } },
        { load: { sessions: 100 } },
        { load: { sessions: 300 } },
      ),
      [2, 4, 1.5, 4.5],
    );
  });

  it('takes an answer time for what it is beside the other answer times, whatever the weights', () => {
    assert.deepEqual(
      heldBy(
        { load: { running: 2 } },
        { load: { running: 6 } },
        { load: { answerMs: 10 } },
        { load: { answerMs: 30 } },
        { load: { answerMs: 20 }, weight: 2 },
      ),
      [2, 6, 2, 6, 8],
    );
  });

  it('lets answer times alone order idle ones, one visitor for each unit of weight on average', () => {
    assert.deepEqual(heldBy({ load: { answerMs: 5 } }, { load: { answerMs: 15 } }, {}), [0.5, 1.5, 1]);
    assert.deepEqual(heldBy({ load: { utilization: 0.25 } }, { load: { utilization: 0.75 } }), [0.5, 1.5]);
  });

  it('knows no difference where nobody reports or all report zero', () => {
    assert.deepEqual(heldBy({}, {}), [1, 1]);
    assert.deepEqual(heldBy({ load: { running: 0 } }, {}), [0, 0]);
    assert.deepEqual(heldBy({ load: { answerMs: 0 } }, { load: { answerMs: 0 } }), [1, 1]);
  });
});
