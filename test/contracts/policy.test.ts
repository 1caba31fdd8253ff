import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { isNonEmpty, type NonEmpty } from '../../src/model/non-empty.ts';
import type { Candidate, Draw, LedgerView, NearnessView, Policy } from '../../src/model/policy.ts';
import { finish } from '../../src/model/slices.ts';
import { policies } from '../../src/policies/index.ts';
import type { Target } from '../../src/model/visit.ts';
import { made } from './made.ts';
import { drawOf, equals, poolOf, seeded, sendAll, visitOf, weighing } from '../policies/pool-of.ts';

/** These send everybody to one place by design. */
const NOT_SHARING = new Set(['first']);

/** The policy with each value of its main option that the schema knows, by what the config would say. */
const variants = Object.entries(policies).flatMap(([name, unit]): [string, string, Policy][] => {
  const shape = z.strictObject(unit.options(z));
  const main = unit.main === undefined ? undefined : shape.shape[unit.main];
  const inner = main instanceof z.ZodDefault ? main.unwrap() : main;
  if (!(inner instanceof z.ZodEnum)) return [[name, name, unit.make(shape.parse({}))]];
  return inner.options.map((value) => [
    name,
    `${name} ${String(value)}`,
    unit.make(shape.parse({ [unit.main ?? '']: value })),
  ]);
});

/** The same where somebody learns: all are believed to be as full as their weights say. */
const believing =
  (policy: Policy): Policy =>
  (candidates) => {
    const outlook = { perVisitor: 1, load: 1, usual: 0, perRequest: 1, fairSessions: 10, fairFast: 0 };
    const told = { at: 0, excess: 0, slowBefore: 0, fastBefore: 0, capacity: 1, outlook };
    const originals = new Map<Candidate, Candidate>();
    const believed = candidates.map((candidate) => {
      const one = { ...candidate, belief: { ...told, sessions: 10 * candidate.weight } };
      originals.set(one, candidate);
      return one;
    });
    assert.ok(isNonEmpty(believed));
    const { pick } = policy(believed);
    return { pick: (draw) => originals.get(pick(draw)) ?? assert.fail('a stranger') };
  };
variants.push(['balance', 'balance, where somebody learns', believing(made(policies, 'balance'))]);

const figure = fc.option(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), { nil: undefined });
const anyLoad = fc
  .record({
    running: figure,
    sessions: figure,
    utilization: figure,
    answerMs: figure,
    busySeconds: figure,
    done: figure,
    started: figure,
  })
  .map((load) => Object.fromEntries(Object.entries(load).filter(([, value]) => value !== undefined)));
const anyWeight = fc.oneof(
  fc.double({ min: Number.MIN_VALUE, noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: 0.01, max: 100, noNaN: true }),
  fc.integer({ min: 1, max: 256 }),
);
const anyPool = fc
  .array(fc.record({ weight: anyWeight, load: anyLoad }, { requiredKeys: ['weight'] }), {
    minLength: 1,
    maxLength: 40,
  })
  .map(poolOf);
const anyDraw = fc
  .record({
    ticket: fc.oneof(fc.nat(), fc.maxSafeNat(), fc.integer()),
    seed: fc.integer(),
    sent: fc.array(fc.nat(), { maxLength: 40 }),
    visitor: fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()),
    cookie: fc.string(),
    target: fc.webPath(),
    now: fc.nat(),
  })
  .map(({ seed, sent, visitor, cookie, target, ticket, now }): (() => Draw) => () => ({
    visit: visitOf(0, { visitor: () => visitor, cookie, target: `/${target}` as Target }),
    ticket,
    now,
    dice: seeded(seed),
    ledger: { since: (slot) => sent[slot] ?? 0, fading: [] },
  }));

/** Tells who is looked at. */
const lookedAt = (tell: (one: object) => void): ProxyHandler<Candidate> => ({
  get: (one, key) => {
    tell(one);
    return Reflect.get(one, key) as unknown;
  },
});

/** Every network knows the first two, as hardly different. */
const KNOWING_TWO: NearnessView = {
  ...{ find: () => 0, note: () => undefined, places: 2, slotAt: (_row, place) => place },
  ...{ msAt: (_row, place) => 20 + place, countAt: () => 3, unanswered: () => 0 },
};

const sharesOf = (pool: NonEmpty<Candidate>): readonly number[] => {
  const total = pool.reduce((sum, { weight }) => sum + weight, 0);
  return pool.map(({ weight }) => weight / total);
};

/** Five standard deviations of independent draws. The dice are seeded, so a run that passes always passes. */
const assertShared = (counts: readonly number[], shares: readonly number[]): void => {
  const visitors = counts.reduce((sum, count) => sum + count, 0);
  shares.forEach((share, place) => {
    const off = Math.abs((counts[place] ?? 0) - visitors * share);
    const bound = 5 * Math.sqrt(visitors * share * (1 - share));
    assert.ok(off <= bound, `place ${place} of [${counts.join(' ')}] is ${off} off, ${bound} is allowed`);
  });
};

for (const [name, title, policy] of variants) {
  describe(`policy ${title}`, () => {
    it('returns one of its candidates, whatever they weigh and report', () => {
      fc.assert(
        fc.property(anyPool, anyDraw, (pool, draw) => {
          assert.ok(pool.includes(policy(pool).pick(draw())));
        }),
        { numRuns: 500 },
      );
    });

    it('is deterministic: the same dice, ticket and ledger choose the same', () => {
      fc.assert(
        fc.property(anyPool, anyDraw, (pool, draw) => {
          assert.equal(policy(pool).pick(draw()), policy(pool).pick(draw()));
        }),
      );
    });

    it('leaves its candidates as they were', () => {
      const pool = poolOf([{ load: { running: 2 } }, { weight: 3 }]);
      const before = structuredClone(pool);
      sendAll(policy(pool), 10);
      assert.deepEqual(pool, before);
    });

    it('sends everybody to the only candidate', () => {
      const pool = equals(1);
      assert.deepEqual(sendAll(policy(pool), 50).counts, [50]);
    });

    it('takes reports of nothing but zeros', () => {
      const idle = { running: 0, sessions: 0, utilization: 0, answerMs: 0 };
      const pool = poolOf([{ load: idle }, { load: {} }, {}, { load: idle }]);
      const { score } = policy(pool);
      for (const candidate of pool) assert.ok(Number.isFinite(score?.(candidate, drawOf()) ?? 0));
      if (!NOT_SHARING.has(name)) assertShared(sendAll(policy(pool), 4_000).counts, sharesOf(pool));
    });

    it('survives a dice that only falls low, only high', () => {
      const pool = weighing(1, 2, 3, 4);
      for (const fallen of [0, 1 - Number.EPSILON / 2]) {
        assert.ok(pool.includes(policy(pool).pick(drawOf({ dice: () => fallen }))));
      }
    });

    it('chooses the same, whether it was made ready in slices or not', () => {
      fc.assert(
        fc.property(anyPool, anyDraw, (pool, draw) => {
          const { pick, renewal } = policy(pool);
          if (renewal !== undefined) finish(renewal.begin(draw()));
          assert.equal(pick(draw()), policy(pool).pick(draw()));
        }),
      );
    });

    if (NOT_SHARING.has(name)) return;

    it('shares evenly among equals', () => {
      for (const count of [2, 3, 5, 17]) {
        assertShared(sendAll(policy(equals(count)), 20_000).counts, sharesOf(equals(count)));
      }
    });

    it('shares by weight', () => {
      for (const pool of [
        weighing(3, 1),
        weighing(5, 1, 1),
        weighing(0.5, 1.25, 2),
        weighing(10, 8, 6, 4, 2),
      ]) {
        assertShared(sendAll(policy(pool), 20_000).counts, sharesOf(pool));
      }
    });
  });
}

describe('a policy that is made ready', () => {
  for (const name of Object.keys(policies)) {
    it(`looks at no more than some hundred candidates at once, and so does each visit after that: ${name}`, () => {
      const outlook = { perVisitor: 1, load: 0.5, usual: 0, perRequest: 1, fairSessions: 10, fairFast: 0 };
      const belief = { at: 0, sessions: 9, excess: 0, slowBefore: 0, fastBefore: 0, capacity: 1, outlook };
      const likes = Array.from({ length: 2_000 }, (_, slot) => ({
        weight: 1 + (slot % 7) / 3,
        ...(slot % 3 > 0 && { load: { running: slot % 5, sessions: slot % 11 } }),
      }));
      const seen = new Set<object>();
      const asked = new Set<number>();
      const pool = poolOf(likes).map(
        (one) =>
          new Proxy(
            {
              ...{ ...one, secondary: { ...one.secondary, place: [one.slot % 90, one.slot % 180] as const } },
              ...(one.load && { belief }),
            },
            lookedAt((it) => seen.add(it)),
          ),
      );
      assert.ok(isNonEmpty(pool));
      const look = (): void => {
        assert.ok(seen.size <= 600 && asked.size <= 600, `${seen.size} seen, ${asked.size} asked`);
        seen.clear();
        asked.clear();
      };
      const ledger: LedgerView = {
        since: (slot) => {
          asked.add(slot);
          return 0;
        },
        fading: [],
      };

      const { pick, renewal } = made(policies, name)(pool);
      look();
      for (const _ of renewal?.begin({ now: 0, ledger }) ?? []) look();
      look();
      for (const differs of [{}, { near: KNOWING_TWO }, { whereabouts: () => [50, 10] as const }]) {
        pick(drawOf({ ledger, ...differs }));
        look();
      }
    });
  }
});
