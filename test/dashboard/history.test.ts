import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Counts } from '../../src/dashboard/counts.ts';
import { createBeats } from '../../src/dashboard/beats.ts';
import { createNewChecks } from '../../src/dashboard/new-checks.ts';
import { createHistory } from '../../src/dashboard/history.ts';
import { createRing } from '../../src/dashboard/ring.ts';
import { createWallTime } from '../../src/dashboard/wall-time.ts';
import type { PoolSnapshot } from '../../src/model/pool.ts';

const pool = (answers: Readonly<Record<string, number | undefined>>, at = 0): PoolSnapshot => ({
  seq: 1,
  at,
  source: 'cached',
  standings: new Map(
    Object.entries(answers).map(([id, tookMs]) => [
      id,
      {
        id,
        verdict: {
          health: tookMs === undefined ? 'down' : 'up',
          since: 0,
          passes: 1,
          fails: 0,
          flaps: 0,
          evidence: {
            secondary: id,
            check: 'http',
            at,
            outcome:
              tookMs === undefined
                ? { ok: false, tookMs: 5, failure: 'timeout', detail: 'x' }
                : { ok: true, tookMs },
          },
        },
      },
    ]),
  ),
});

const countsOf = (chosen: Readonly<Record<string, number>>): Counts => ({
  bySecondary: new Map(
    Object.entries(chosen).map(([id, number]) => [id, { chosen: number, kept: 0, given: 0, replaced: 0 }]),
  ),
  none: 0,
  refused: {},
  dropped: 0,
});

test('a ring holds the last numbers, oldest first', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.integer({ min: 0, max: 1000 })),
      fc.nat(30),
      (size, values, length) => {
        const ring = createRing(size);
        for (const value of values) ring.push(value);
        const kept = values.slice(-size);
        const expected = length === 0 ? [] : kept.slice(-length);
        assert.deepEqual(ring.last(length), expected);
        assert.equal(
          ring.sum(length),
          expected.reduce((sum, value) => sum + value, 0),
        );
      },
    ),
  );
});

test('rates are what was counted since, by the time that passed', () => {
  const history = createHistory();
  const sample = (total: number, now: number): void => {
    history.sample({
      pool: pool({ web1: 1 }),
      counts: countsOf({ web1: total, web2: total * 3 }),
      ids: ['web1', 'web2'],
      newsAgeMs: 0,
      now,
    });
  };
  sample(100, 0);
  assert.equal(history.perSecond('web1'), 0, 'what was counted before the start is no rate');
  assert.equal(history.givenShare('web1'), undefined);
  for (let second = 1; second <= 5; second += 1) sample(100 + second * 20, second * 2000);
  assert.equal(history.perSecond('web1'), 10);
  assert.equal(history.perSecondOfAll(), 40);
  assert.equal(history.givenShare('web1'), 0.25);
  assert.equal(history.perSecond('nobody'), 0);
});

test('a counter that begins anew is no visitor taken back', () => {
  const history = createHistory();
  for (const [at, total] of [1000, 5, 8].entries()) {
    history.sample({
      pool: pool({}),
      counts: countsOf({ web1: total }),
      ids: ['web1'],
      newsAgeMs: 0,
      now: at * 1000,
    });
  }
  assert.deepEqual(history.charts().visits[0]?.points, [0, 0, 3]);
});

test('the charts have a line for each secondary, all of one length', () => {
  const history = createHistory();
  history.sample({
    pool: pool({ web1: 1 }),
    counts: countsOf({}),
    ids: ['web1'],
    newsAgeMs: undefined,
    now: 0,
  });
  history.sample({
    pool: pool({ web1: undefined, web2: 7 }),
    counts: countsOf({ web2: 4 }),
    ids: ['web1', 'web2'],
    newsAgeMs: 1234,
    now: 1000,
  });
  const charts = history.charts();
  assert.deepEqual(charts.visits, [
    { name: 'web1', points: [0, 0] },
    { name: 'web2', points: [0, 4] },
  ]);
  assert.deepEqual(charts.answers, [
    { name: 'web1', points: [1, null] },
    { name: 'web2', points: [null, 7] },
  ]);
  assert.deepEqual(charts.newsAgeMs, [null, 1234]);
  assert.deepEqual(history.point(), {
    edition: charts.edition,
    visits: [0, 4],
    answers: [null, 7],
    newsAgeMs: 1234,
  });
});

test('of many secondaries the busiest are shown, and the others together', () => {
  const history = createHistory();
  const ids = Array.from({ length: 20 }, (_, index) => `web${index}`);
  for (let second = 0; second <= 61; second += 1) {
    const chosen = Object.fromEntries(ids.map((id, index) => [id, second * index]));
    history.sample({
      pool: pool(Object.fromEntries(ids.map((id, index) => [id, index]))),
      counts: countsOf(chosen),
      ids,
      newsAgeMs: 0,
      now: second * 1000,
    });
  }
  const charts = history.charts();
  assert.deepEqual(
    charts.visits.map(({ name }) => name),
    ['web19', 'web18', 'web17', 'web16', 'web15', 'web14', 'web13', 'others'],
  );
  assert.equal(charts.visits.at(-1)?.points.at(-1), (12 * 13) / 2);
  assert.deepEqual(
    charts.answers.map(({ name, points }) => [name, points.at(-1)]),
    [
      ['median', 9],
      ['slowest', 19],
    ],
  );
  const { edition } = charts;
  history.sample({ pool: pool({}), counts: countsOf({}), ids: ids.slice(0, 3), newsAgeMs: 0, now: 62_000 });
  assert.ok(history.charts().edition > edition, 'another pool has other lines');
});

test('memory has a bound: five minutes of charts, forty beats', () => {
  const history = createHistory();
  const beats = createBeats(createWallTime({ now: () => 0, wall: () => 0 }));
  for (let second = 0; second < 1000; second += 1) {
    const snapshot = pool({ web1: 1 }, second * 1000);
    history.sample({ pool: snapshot, counts: countsOf({}), ids: ['web1'], newsAgeMs: 0, now: second * 1000 });
    for (const { verdict } of snapshot.standings.values()) if (verdict.evidence) beats.note(verdict.evidence);
  }
  assert.equal(history.charts().newsAgeMs.length, 300);
  assert.equal(beats.of('web1').length, 40);
  assert.equal(beats.of('web1').at(-1)?.[0], 999_000);
});

test('each check is one beat, however often it is seen, and who left is forgotten', () => {
  const beats = createBeats(createWallTime({ now: () => 0, wall: () => 0 }));
  const newChecks = createNewChecks();
  const see = ({ standings }: PoolSnapshot): void => {
    newChecks(standings).forEach(beats.note);
  };
  see(pool({ web1: 1.26 }, 1000));
  see(pool({ web1: 1.26 }, 1000));
  see(pool({ web1: undefined }, 3000));
  see(pool({ web1: 2, web2: 2 }, 3500));
  assert.deepEqual(beats.of('web1'), [
    [1000, 1.3],
    [3000, 5, 'no whole answer in time'],
    [3500, 2],
  ]);
  assert.deepEqual(beats.between('web1', 1000, 3500), [[3000, 5, 'no whole answer in time']]);
  assert.deepEqual(beats.of('web2'), [[3500, 2]]);
  beats.keep(new Set(['web2']));
  assert.deepEqual(beats.of('web1'), []);
});

test('an instant keeps its date while the clocks only tremble, and gets another when one is set', () => {
  let wall = 1000;
  const time = createWallTime({ now: () => 500, wall: () => wall });
  assert.equal(time.iso(500), '1970-01-01T00:00:01.000Z');
  wall = 1001;
  assert.equal(time.at(500), 1000);
  wall = 60_000;
  assert.equal(time.at(500), 60_000);
  assert.equal(time.iso(1e300), null);
  assert.equal(time.iso(Number.NaN), null);
});

test('instants are dated as a Date dates them', () => {
  const time = createWallTime({ now: () => 0, wall: () => 0 });
  fc.assert(
    fc.property(fc.maxSafeInteger(), (ms) => {
      const date = new Date(ms);
      assert.equal(time.iso(ms), Number.isNaN(date.getTime()) ? null : date.toISOString());
    }),
    { examples: [[0], [-1], [59_999], [60_000], [8.64e15], [-8.64e15], [8.64e15 + 1]] },
  );
});
