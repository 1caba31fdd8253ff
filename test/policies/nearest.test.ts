import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { policies } from '../../src/policies/index.ts';
import { made } from '../contracts/made.ts';
import { knowing } from './knowing.ts';
import { drawOf, equals, poolOf } from './pool-of.ts';

const nearest = made(policies, 'nearest', { learn: 0.25 });

describe('nearest', () => {
  it('sends a network to the one that answers it fastest', () => {
    const { pick } = nearest(equals(3));
    for (let n = 0; n < 20; n += 1) assert.equal(pick(drawOf({ near: knowing(80, 20, 300) })).slot, 1);
  });

  it('passes over one that is full, by its own word or by many more requests than others', () => {
    const near = knowing(20, 80, 300);
    const wordy = poolOf([{ load: { utilization: 0.95 } }, {}, {}]);
    assert.equal(nearest(wordy).pick(drawOf({ near })).slot, 1);
    const crowded = poolOf([{ load: { running: 40 } }, { load: { running: 2 } }, { load: { running: 3 } }]);
    assert.equal(nearest(crowded).pick(drawOf({ near })).slot, 1);
  });

  it('takes the less burdened of those that are about as near', () => {
    const pool = poolOf([{ load: { running: 5 } }, { load: { running: 1 } }, {}]);
    assert.equal(nearest(pool).pick(drawOf({ near: knowing(20, 23, 300) })).slot, 1);
  });

  it('asks the browsers of a network that knows nobody, and then the part that is wanted', () => {
    const { isCurious = () => undefined } = nearest(equals(2));
    assert.equal(isCurious(drawOf({ near: knowing() })), false, 'it comes for the first time');
    assert.equal(isCurious(drawOf({ near: knowing(5), dice: () => 0.9 })), true);
    assert.equal(isCurious(drawOf({ near: knowing(5, 6), dice: () => 0.3 })), false);
    assert.equal(isCurious(drawOf({ near: knowing(5, 6), dice: () => 0.2 })), true);
    assert.equal(isCurious(drawOf()), false, 'nobody takes receipts in');
  });

  it('asks again where the two nearest were measured seldom, and one of them may have been late', () => {
    const { isCurious = () => undefined } = nearest(equals(3));
    const asks = (ms: readonly number[], counts: readonly number[], unanswered = 0): boolean | undefined =>
      isCurious(
        drawOf({
          near: { ...knowing(...ms), countAt: (_, at) => counts[at] ?? 0, unanswered: () => unanswered },
          dice: () => 0.9,
        }),
      );
    assert.equal(asks([250, 246, 900], [1, 1, 1]), true);
    assert.equal(asks([246, 900, 250], [2, 2, 2]), true);
    assert.equal(asks([250, 246, 900], [3, 3, 0]), false);
    assert.equal(asks([5, 85, 90], [1, 1, 1]), false, 'nobody is as late as that');
    // One that cannot be asked is never measured more often.
    assert.equal(asks([20, 25, 30], [1, 3, 3]), false);
    assert.equal(asks([250, 246, 900], [1, 1, 1], 3), false, 'nobody answers');
  });
});
