import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { NonEmpty } from '../../src/model/non-empty.ts';
import type { Candidate } from '../../src/model/policy.ts';
import type { Target, Visit } from '../../src/model/visit.ts';
import { finish } from '../../src/model/slices.ts';
import { hash } from '../../src/policies/hash.ts';
import { createRendezvous } from '../../src/policies/rendezvous.ts';
import { drawOf, equals, visitOf, weighing } from './pool-of.ts';

type By = 'subnet' | 'cookie' | 'path';
const idFor = (pool: NonEmpty<Candidate>, by: By, differs: Partial<Visit>): string =>
  hash
    .make({ by, cookie: 'SID' })(pool)
    .pick(drawOf({ visit: visitOf(0, differs) })).secondary.id;

/** Whom each of 20,000 subnets meets. */
const meetings = (pool: NonEmpty<Candidate>): readonly string[] => {
  const { pick } = hash.make({ by: 'subnet', cookie: 'SID' })(pool);
  return Array.from({ length: 20_000 }, (_, n) => pick(drawOf({ visit: visitOf(n) })).secondary.id);
};

const without = (pool: NonEmpty<Candidate>, id: string): NonEmpty<Candidate> => {
  const [one, ...others] = pool.filter(({ secondary }) => secondary.id !== id);
  assert.ok(one);
  return [one, ...others];
};

describe('hash', () => {
  const pool = equals(50);

  it('sends visitors of one /24 to the same secondary', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 255 }), (visitor, last) => {
        const neighbour = visitor.replace(/\d+$/, String(last));
        assert.equal(
          idFor(pool, 'subnet', { visitor: () => visitor }),
          idFor(pool, 'subnet', { visitor: () => neighbour }),
        );
      }),
    );
  });

  it('sends visitors of one /56 to the same secondary', () => {
    const met = ['2001:db8:1:ff00::1', '2001:db8:1:ff12:a:b:c:d', '2001:DB8:1:ffff::'].map((visitor) =>
      idFor(pool, 'subnet', { visitor: () => visitor }),
    );
    assert.equal(new Set(met).size, 1);
  });

  it('spreads neighbouring subnets', () => {
    const met = Array.from({ length: 200 }, (_, n) =>
      idFor(pool, 'subnet', { visitor: () => `203.0.${n}.1` }),
    );
    assert.ok(new Set(met).size >= 45);
    const met6 = Array.from({ length: 200 }, (_, n) =>
      idFor(pool, 'subnet', { visitor: () => `2001:db8:1:${n.toString(16)}00::1` }),
    );
    assert.ok(new Set(met6).size >= 45);
  });

  it('moves only the visitors of the one that leaves', () => {
    const before = meetings(pool);
    const after = meetings(without(pool, 'web17'));
    before.forEach((id, n) => {
      if (id !== 'web17') assert.equal(after[n], id);
    });
    const moved = after.filter((_, n) => before[n] === 'web17');
    assert.ok(moved.length > 300 && new Set(moved).size > 40, 'its visitors are spread over all others');
  });

  it('goes by each list that it is made ready for, also where the one before was like it', () => {
    const policy = hash.make({ by: 'subnet', cookie: 'SID' });
    const heavier = pool.map((one) => (one.slot === 3 ? { ...one, weight: 30 } : one)) as [Candidate];
    const reversed = [...pool].reverse() as [Candidate];
    const shorter = pool.slice(0, -1) as [Candidate];
    // The shorter one differs in its end alone, the reversed one in ids alone, `heavier` in a weight alone.
    const lists = [shorter, pool, shorter, pool.map((one) => ({ ...one })) as [Candidate], reversed, heavier];
    for (const list of lists) {
      const alone = hash.make({ by: 'subnet', cookie: 'SID' })(list);
      const { pick, score } = policy(list);
      for (let n = 0; n < 200; n++) {
        const draw = drawOf({ visit: visitOf(n) });
        const picked = pick(draw);
        assert.equal(picked, alone.pick(draw));
        assert.ok(list.includes(picked));
        assert.equal(score?.(picked, draw), alone.score?.(picked, draw));
      }
    }
  });

  it('works out again little of a list that is like the last', () => {
    const policy = hash.make({ by: 'subnet', cookie: 'SID' });
    const slicesFor = (list: NonEmpty<Candidate>) =>
      [...(policy(list).renewal?.begin(drawOf()) ?? [])].length;
    const first = slicesFor(equals(10_000));
    assert.ok(first >= 38 && slicesFor(equals(10_000)) <= 20);
  });

  it('sorts by weight no longer than it pays, where nearly everybody has his own', (test) => {
    const set = test.mock.method(Map.prototype, 'set');
    finish(createRendezvous()(weighing(...Array.from({ length: 1000 }, (_, place) => 1 + place))));
    assert.ok(set.mock.callCount() <= 251, String(set.mock.callCount()));
  });

  it('knows no order of the list', () => {
    const [one, ...others] = [...pool].reverse();
    assert.ok(one);
    assert.deepEqual(meetings([one, ...others]), meetings(pool));
  });

  it('moves visitors only towards one that gets heavier, and in proportion', () => {
    const light = meetings(weighing(1, 1, 1, 1));
    const heavy = meetings(weighing(1, 1, 2, 1));
    const moved = heavy.filter((id, n) => id !== light[n]);
    assert.ok(moved.every((id) => id === 'web2'));
    assert.ok(Math.abs(moved.length - 3_000) < 300, String(moved.length));
  });

  it('goes by the cookie, and by the subnet of one who has none', () => {
    const cookie = (differs: Partial<Visit>) => idFor(pool, 'cookie', differs);
    assert.equal(
      cookie({ cookie: 'SID=a', visitor: () => '10.0.0.1' }),
      cookie({ cookie: 'x=y; SID=a;z', visitor: () => '10.9.9.9' }),
    );
    const met = Array.from({ length: 200 }, (_, n) => cookie({ cookie: `usher=x; SID=c${n}` }));
    assert.ok(new Set(met).size >= 45);
    for (const none of ['', 'XSID=a', 'usher=x']) {
      assert.equal(
        cookie({ cookie: none, visitor: () => '10.1.2.3' }),
        idFor(pool, 'subnet', { visitor: () => '10.1.2.3' }),
      );
    }
  });

  it('goes by the path without its query', () => {
    const path = (target: string) => idFor(pool, 'path', { target: target as Target });
    assert.equal(path('/a/b?x=1'), path('/a/b?x=2'));
    assert.equal(path('/a/b'), path('/a/b?'));
    const met = Array.from({ length: 200 }, (_, n) => path(`/file${n}`));
    assert.ok(new Set(met).size >= 45);
  });

  it('gives a score that its choice has the least of', () => {
    const some = [1, 2, 0.5, 1];
    for (const pool of [weighing(1, 2, 0.5, 1), weighing(...some, ...some, ...some, ...some)]) {
      const { pick, score } = hash.make({ by: 'subnet', cookie: 'SID' })(pool);
      for (let n = 0; n < 200; n++) {
        const draw = drawOf({ visit: visitOf(n) });
        const scores = pool.map((candidate) => score?.(candidate, draw) ?? NaN);
        assert.equal(scores[pick(draw).slot], Math.min(...scores));
      }
    }
  });
});
