import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { LoadReport } from '../../src/model/load-report.ts';
import type { Standing } from '../../src/model/pool.ts';
import type { Secondary } from '../../src/model/secondary.ts';
import { finish } from '../../src/model/slices.ts';
import type { Health, Verdict } from '../../src/model/verdict.ts';
import { anyone, sift, type Pool } from '../../src/verdicts/sift.ts';

type Given = Partial<Pick<Secondary, 'weight' | 'role' | 'state'>> & {
  readonly health?: Health;
  readonly warmingSince?: number;
  readonly load?: Omit<LoadReport, 'at'>;
};

const NOW = 100_000;

/** A pool of these secondaries, named as given; without a health a secondary has no standing at all. */
const poolOf = (given: Readonly<Record<string, Given>>, blind = false): Pool => {
  const entries = Object.entries(given);
  const standings = new Map<string, Standing>();
  for (const [id, { health, warmingSince, load }] of entries) {
    if (health === undefined) continue;
    standings.set(id, {
      id,
      verdict: verdictOf(id, health, warmingSince),
      ...(load && { load: { at: NOW, ...load } }),
    });
  }
  return {
    secondaries: entries.map(([id, { weight = 1, role = 'active', state = 'ready' }], index): Secondary => ({
      id,
      address: { kind: 'same-host', scheme: 'http', port: 8000 + index },
      at: `http://127.0.0.1:${String(8000 + index)}`,
      weight,
      role,
      state,
    })),
    standings,
    slots: new Map(entries.map(([id], index) => [id, index])),
    blind,
    now: NOW,
    slowReturnMs: 30_000,
  };
};

const verdictOf = (id: string, health: Health, warmingSince?: number): Verdict => ({
  health,
  since: 0,
  passes: health === 'up' ? 2 : 0,
  fails: health === 'down' ? 3 : 0,
  flaps: 0,
  ...(warmingSince === undefined ? {} : { warmingSince }),
  ...(health === 'unknown'
    ? {}
    : {
        evidence: {
          secondary: id,
          check: 'http',
          at: NOW,
          outcome:
            health === 'up'
              ? { ok: true, tookMs: 3 }
              : { ok: false, tookMs: 1, failure: 'refused', detail: 'connect ECONNREFUSED 127.0.0.1:8086' },
        },
      }),
});

const idsOf = (pool: Pool): readonly string[] => sift(pool).candidates.map(({ secondary }) => secondary.id);
const rejections = (pool: Pool) =>
  Object.fromEntries(sift(pool).rejected.map(({ id, why, detail }) => [id, detail ? [why, detail] : [why]]));

describe('sift', () => {
  it('takes the active ones that are up, and says why it passed over the others', () => {
    const pool = poolOf({
      up: { health: 'up' },
      down: { health: 'down' },
      new: {},
      off: { health: 'up', state: 'maintenance' },
      drain: { health: 'up', state: 'drain' },
      zero: { health: 'up', weight: 0 },
      spare: { health: 'up', role: 'backup' },
    });
    assert.deepEqual(idsOf(pool), ['up']);
    assert.deepEqual(rejections(pool), {
      down: ['down', 'refused: connect ECONNREFUSED 127.0.0.1:8086 (3 in a row)'],
      new: ['unknown', 'not asked yet'],
      off: ['maintenance'],
      drain: ['draining'],
      zero: ['weight-zero'],
      spare: ['backup'],
    });
  });

  it('lets backups stand in when no active one works', () => {
    const pool = poolOf({ one: { health: 'down' }, new: {}, spare: { health: 'up', role: 'backup' } });
    assert.deepEqual(idsOf(pool), ['spare']);
    assert.equal(rejections(pool)['new']?.[0], 'unknown');
  });

  it('tries those not asked yet when nobody is known to work, active ones first', () => {
    const pool = poolOf({ one: { health: 'down' }, new: {}, spare: { role: 'backup' } });
    assert.deepEqual(idsOf(pool), ['new']);
    assert.equal(rejections(pool)['spare']?.[0], 'backup');
    assert.deepEqual(idsOf(poolOf({ one: { health: 'down' }, spare: { role: 'backup' } })), ['spare']);
  });

  it('sends nobody anywhere when all are down', () => {
    const pool = poolOf({ one: { health: 'down' }, two: { health: 'down', role: 'backup' } });
    assert.deepEqual(idsOf(pool), []);
    assert.equal(sift(pool).rejected.length, 2);
    assert.equal(sift(pool).keepers.size, 0);
  });

  it('does not count health where nobody asks', () => {
    const pool = poolOf({ one: { health: 'down' }, two: {}, spare: { role: 'backup' } }, true);
    assert.deepEqual(idsOf(pool), ['one', 'two']);
  });

  it('weighs by the configured weight, the warmth and the share a secondary asks for', () => {
    const pool = poolOf({
      whole: { health: 'up', weight: 4 },
      warming: { health: 'up', weight: 4, warmingSince: NOW - 15_000 },
      half: { health: 'up', weight: 4, load: { weightShare: 0.25 } },
    });
    assert.deepEqual(
      sift(pool).candidates.map(({ weight, warmth, slot }) => [weight, warmth, slot]),
      [
        [4, 1, 0],
        [2, 0.5, 1],
        [1, 1, 2],
      ],
    );
  });

  it('heeds what a secondary asks for itself as if the operator had said it', () => {
    const pool = poolOf({
      leaving: { health: 'up', load: { wish: 'drain' } },
      closed: { health: 'up', load: { wish: 'maintenance' } },
      sick: { health: 'up', load: { wish: 'down' } },
      full: { health: 'up', load: { weightShare: 0 } },
    });
    assert.deepEqual(rejections(pool), {
      leaving: ['draining', 'it asks for it itself'],
      closed: ['maintenance', 'it asks for it itself'],
      sick: ['down', 'it says so itself'],
      full: ['weight-zero', 'it asks for no share of its weight'],
    });
    assert.deepEqual([...sift(pool).keepers.keys()], ['leaving', 'full']);
  });

  it('lets no secondary undo what the operator set', () => {
    const pool = poolOf({
      one: { health: 'up', state: 'drain', load: { wish: 'ready' } },
      two: { health: 'up', state: 'maintenance', load: { wish: 'drain' } },
      three: { health: 'down', load: { wish: 'ready' } },
    });
    assert.deepEqual(idsOf(pool), []);
    assert.deepEqual([...sift(pool).keepers.keys()], ['one']);
  });

  it('lets a draining secondary keep its visitors, also one of weight 0, a backup and one not asked yet', () => {
    const pool = poolOf({
      drain: { health: 'up', state: 'drain' },
      zero: { health: 'up', weight: 0 },
      spare: { health: 'up', role: 'backup' },
      new: {},
      off: { health: 'up', state: 'maintenance' },
      down: { health: 'down' },
    });
    assert.deepEqual([...sift(pool).keepers.keys()], ['drain', 'zero', 'spare', 'new']);
  });

  it('puts every secondary in exactly one place, whatever is known', () => {
    const one = fc.record(
      {
        weight: fc.constantFrom(0, 1, 2, 100),
        role: fc.constantFrom('active' as const, 'backup' as const),
        state: fc.constantFrom('ready' as const, 'drain' as const, 'maintenance' as const),
        health: fc.constantFrom<Health>('unknown', 'up', 'down'),
        warmingSince: fc.integer({ min: 0, max: 2 * NOW }),
        load: fc.record(
          {
            weightShare: fc.constantFrom(0, 0.5, 1),
            wish: fc.constantFrom(
              'ready' as const,
              'drain' as const,
              'maintenance' as const,
              'down' as const,
            ),
          },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(one, { maxLength: 8 }), fc.boolean(), (likes, blind) => {
        const pool = poolOf(
          Object.fromEntries(likes.map((like, index) => [`web${String(index)}`, like])),
          blind,
        );
        const { candidates, keepers, rejected } = sift(pool);
        const ids = pool.secondaries.map(({ id }) => id);
        const placed = [...candidates.map(({ secondary }) => secondary.id), ...rejected.map(({ id }) => id)];
        assert.deepEqual(placed.toSorted(), ids.toSorted());
        for (const { secondary, weight } of candidates) {
          const given = likes[Number(secondary.id.slice(3))];
          assert.ok(weight > 0 && Number.isFinite(weight));
          assert.equal(secondary.state, 'ready');
          assert.ok(
            blind || (given?.health !== 'down' && given?.load?.wish !== 'down') || given.health === undefined,
          );
          assert.ok(keepers.has(secondary.id));
        }
        const isBest = (id: string): boolean => {
          const given = likes[Number(id.slice(3))];
          return (blind || given?.health === 'up') && given?.role !== 'backup';
        };
        if (candidates.some(({ secondary }) => isBest(secondary.id))) {
          assert.ok(candidates.every(({ secondary }) => isBest(secondary.id)));
        }
        for (const candidate of keepers.values()) assert.notEqual(candidate.secondary.state, 'maintenance');
        if (rejected.some(({ why }) => why === 'backup' || why === 'unknown')) {
          assert.ok(candidates.length > 0);
        }
        for (const { id, why } of rejected) {
          const given = likes[Number(id.slice(3))];
          if (why === 'backup') assert.equal(given?.role, 'backup');
          if (why === 'unknown') assert.ok((given?.health ?? 'unknown') === 'unknown');
          if (why === 'weight-zero') assert.ok(given?.weight === 0 || given?.load?.weightShare === 0);
          if (why === 'down') assert.ok(given?.health === 'down' || given?.load?.wish === 'down');
        }
      }),
    );
  });
});

describe('anyone', () => {
  it('is every ready secondary whatever its health, by its configured weight', () => {
    const pool = poolOf({
      down: { health: 'down', weight: 3 },
      new: { warmingSince: NOW, health: 'unknown' },
      spare: { health: 'down', role: 'backup', load: { weightShare: 0, wish: 'down' } },
      zero: { health: 'down', weight: 0 },
      off: { health: 'down', state: 'maintenance' },
      drain: { health: 'down', state: 'drain' },
      leaving: { health: 'down', load: { wish: 'maintenance' } },
    });
    assert.deepEqual(
      finish(anyone(pool)).map(({ secondary, weight }) => [secondary.id, weight]),
      [
        ['down', 3],
        ['new', 1],
        ['spare', 1],
      ],
    );
  });

  it('is looked for in slices', () => {
    const pool = poolOf(
      Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`web${String(at)}`, {}])),
    );
    assert.equal([...anyone(pool)].length, 7);
  });
});
