import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { balance } from '../../src/policies/balance.ts';
import { primaryOf, tally } from './believed.ts';
import { drawOf, poolOf, sendAll } from './pool-of.ts';

const policy = balance.make({});

describe('balance', () => {
  // Reports of nothing but the time of a ping, and snapshots faster than visitors: all of them went to the heaviest.
  for (const load of [undefined, { answerMs: 5 }])
    it(`takes turns by weight where ${load ? 'only answers are timed' : 'nobody reports'}, though snapshots come faster than visitors`, () => {
      const primary = primaryOf([2, 1.01, 1]);
      const sent: number[] = [];
      for (let now = 0; now < 600_000; now += 1000) {
        if (now % 2000 === 0) primary.hear(now, [load, load, load]);
        if (now % 3000 === 0) sent.push(primary.send(now, policy));
      }
      [100, 50, 50].forEach((share, slot) => {
        const count = tally(sent, 3)[slot]!;
        assert.ok(Math.abs(count - share) <= 2, `${slot} got ${count} of ${share}`);
      });
    });

  it('spreads 10,000 visitors of one frozen report within three per cent of the weights, not to its least line', () => {
    const likes = [
      { weight: 2, load: { running: 11 } },
      { weight: 2, load: { running: 0 } },
      { weight: 1, load: { running: 6 } },
      { weight: 1, load: { running: 3 } },
      { weight: 1, load: { sessions: 40 } },
      { weight: 1, load: { answerMs: 7 } },
      { weight: 0.5 },
      { weight: 0.5, load: { running: 1 } },
    ];
    const { counts } = sendAll(policy(poolOf(likes)), 10_000);
    likes.forEach(({ weight }, slot) => {
      const share = (10_000 * weight) / 9;
      const off = Math.abs((counts[slot] ?? 0) - share) / share;
      assert.ok(off < 0.03, `slot ${slot} of [${counts.join(' ')}] is ${off} off`);
    });
  });

  it('never sends a long run of visitors to one of many that tie', () => {
    const { order } = sendAll(
      policy(poolOf(Array.from({ length: 8 }, () => ({ load: { running: 0 } })))),
      800,
    );
    const longest = order.reduce(
      ({ best, run }, slot, at) => {
        const now = at > 0 && order[at - 1] === slot ? run + 1 : 1;
        return { best: Math.max(best, now), run: now };
      },
      { best: 0, run: 0 },
    ).best;
    assert.ok(longest <= 2, String(longest));
  });

  it('goes by what is believed where somebody learns, not by the bare report', () => {
    const primary = primaryOf([1, 1, 1]);
    primary.hear(1000, [{ sessions: 60 }, { sessions: 20 }, { sessions: 60 }]);
    const { pick } = primary.prepared(policy);
    assert.equal(pick(drawOf({ now: 1000, ledger: { since: () => 0, fading: primary.counts } })).slot, 1);
    const later = drawOf({ now: 1000, ledger: { since: () => 1e6, fading: primary.counts } });
    assert.equal(pick(later).slot, 1, 'the fading counts stand for all that was sent');
  });
});
