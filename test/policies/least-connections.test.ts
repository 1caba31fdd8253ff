import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { finish } from '../../src/model/slices.ts';
import { leastConnections } from '../../src/policies/least-connections.ts';
import { createLedger, drawOf, equals, poolOf, seeded, sendAll, tally } from './pool-of.ts';

const policy = leastConnections.make({});

describe('least-connections', () => {
  it('prefers the idle one', () => {
    const pool = poolOf([{ load: { running: 3 } }, { load: { running: 0 } }, { load: { running: 1 } }]);
    assert.equal(policy(pool).pick(drawOf()).slot, 1);
  });

  it('counts whom it sent since the report', () => {
    const pool = poolOf([{ load: { running: 3 } }, { load: { running: 0 } }]);
    assert.deepEqual(sendAll(policy(pool), 3).order, [1, 1, 1]);
    assert.deepEqual(sendAll(policy(pool), 103).counts, [50, 53]);
  });

  it('measures by weight, the newcomer included: an idle strong one goes before an idle weak one', () => {
    const pool = poolOf([{ load: { running: 0 } }, { weight: 4, load: { running: 0 } }]);
    assert.deepEqual(sendAll(policy(pool), 3).order, [1, 1, 1]);
    assert.deepEqual(sendAll(policy(pool), 500).counts, [100, 400]);
  });

  it('goes by sessions where nobody tells what is running', () => {
    const pool = poolOf([{ load: { sessions: 12 } }, { load: { sessions: 11 } }]);
    assert.equal(policy(pool).pick(drawOf()).slot, 1);
  });

  it('takes one that reports nothing for an average one, never for an idle one', () => {
    const pool = poolOf([{ load: { running: 2 } }, {}, { load: { running: 8 } }]);
    const { pick, score } = policy(pool);
    assert.equal(pick(drawOf()).slot, 0);
    assert.equal(score?.(pool[1] ?? pool[0], drawOf()), 6);
  });

  it('does not flood a newcomer among those who had a hundred thousand visitors and never report', () => {
    const ledger = createLedger();
    for (let visitor = 0; visitor < 100_000; visitor++) ledger.add(visitor % 2);
    assert.deepEqual(sendAll(policy(equals(3, ledger)), 300, { ledger }).counts, [100, 100, 100]);
  });

  it('breaks ties at random, evenly among all that tie', () => {
    const pool = poolOf([7, 0, 0, 9, 0].map((running) => ({ load: { running } })));
    const { pick } = policy(pool);
    const dice = seeded(21);
    const counts = tally(9_000, 5, () => pick(drawOf({ dice })).slot);
    assert.deepEqual([counts[0], counts[3]], [0, 0]);
    for (const slot of [1, 2, 4]) assert.ok(Math.abs((counts[slot] ?? 0) - 3_000) < 250, counts.join(' '));
  });

  it('casts no dice where one is best', () => {
    const pool = poolOf([{ load: { running: 1 } }, { load: { running: 2 } }]);
    const dice = () => assert.fail('a dice was cast');
    assert.equal(policy(pool).pick(drawOf({ dice })).slot, 0);
  });

  it('chooses the least of all scores, also while other threads send visitors', () => {
    const like = fc.record({
      weight: fc.constantFrom(0.5, 1, 3),
      load: fc.record({ running: fc.nat({ max: 9 }) }),
    });
    fc.assert(
      fc.property(
        fc.array(like, { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat({ max: 11 }), { maxLength: 60 }),
        (likes, sentByOthers) => {
          const pool = poolOf(likes);
          const ledger = createLedger();
          const { pick, score } = policy(pool);
          for (const slot of [...sentByOthers, 0]) {
            const draw = drawOf({ ledger });
            const chosen = pick(draw);
            const scores = pool.map((candidate) => score?.(candidate, draw) ?? NaN);
            assert.equal(scores[chosen.slot], Math.min(...scores));
            ledger.add(chosen.slot);
            ledger.add(slot);
          }
        },
      ),
    );
  });

  it('never differs by more than one among equals', () => {
    const { counts } = sendAll(policy(equals(7)), 1_003);
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 1);
  });

  it('does not send all to the heaviest where nobody counts visitors and they are rarer than snapshots', () => {
    for (const load of [undefined, { answerMs: 1, utilization: 0.2 }]) {
      const ledger = createLedger();
      const counts = tally(3_000, 3, () => {
        const pool = poolOf(
          [1.01, 1, 1].map((weight) => ({ weight, ...(load && { load }) })),
          ledger,
        );
        const { slot } = policy(pool).pick(drawOf({ ledger }));
        ledger.add(slot);
        return slot;
      });
      for (const count of counts) assert.ok(Math.abs(count - 1_000) < 100, counts.join(' '));
    }
  });

  it('goes on evenly when reports arrive before the snapshot that they are in', () => {
    const pool = poolOf(Array.from({ length: 8 }, () => ({ load: { running: 5 } })));
    const ledger = createLedger();
    const { pick } = policy(pool);
    sendAll({ pick }, 800, { ledger });
    for (let slot = 0; slot < 8; slot += 1) ledger.mark(slot);
    assert.deepEqual(sendAll({ pick }, 64, { ledger }).counts, [8, 8, 8, 8, 8, 8, 8, 8]);
  });

  it('asks about all between visits, and the first visitor waits for none of it', () => {
    const ledger = createLedger();
    let asked = 0;
    const since = (slot: number): number => {
      asked += 1;
      return ledger.since(slot);
    };
    const counting = { ...ledger, since };
    const { pick, renewal } = policy(equals(60));
    finish(renewal!.begin({ now: 0, ledger: counting }));
    assert.ok(asked >= 60);
    asked = 0;
    pick(drawOf({ ledger: counting }));
    assert.ok(asked <= 2, String(asked));
  });
});
