import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBook, type Book } from '../../src/dispatch/ledger/book.ts';
import type { LoadReport } from '../../src/model/load-report.ts';
import type { PoolSnapshot } from '../../src/model/pool.ts';
import { createLearner } from '../../src/monitor/learner.ts';
import { settingsOf } from './pool-settings.ts';

const { secondaries } = settingsOf({ ids: ['web1', 'web2', 'web3'] });

type Told = Omit<LoadReport, 'at'>;

/** A snapshot of this instant, with what each says; `undefined`: it says nothing. */
const snapshotOf = (at: number, told: readonly (Told | undefined)[], everyMs?: number): PoolSnapshot => ({
  ...(everyMs === undefined ? {} : { everyMs }),
  seq: at,
  at,
  source: 'memory',
  standings: new Map(
    told.map((load, index) => {
      const id = `web${index + 1}`;
      const verdict = { health: 'up', since: 0, passes: 1, fails: 0, flaps: 0 } as const;
      return [id, { id, verdict, ...(load && { load: { at, ...load } }) }];
    }),
  ),
});

/** As many visitors as it takes to ask for what machines of these speeds completed, 20 s before it is told. */
const sendFor = (book: Book, toldAt: number, speeds: readonly number[]): void => {
  speeds.forEach((speed, slot) => {
    for (let visitor = 0; visitor < 2 * speed; visitor += 1) book.ledger.choose(slot, toldAt - 20_000);
  });
};

const start = () => {
  let now = 0;
  const book = openBook(secondaries, { threads: 1, now: 0 });
  const learn = createLearner({
    clock: { now: () => now, wall: () => now },
    pool: () => ({ secondaries, ...book }),
  });
  return {
    ...book,
    book,
    hear: (at: number, told: readonly (Told | undefined)[]) => {
      now = at;
      return learn(snapshotOf(at, told));
    },
    learn,
  };
};

test('before anybody told its load nothing is believed of anybody', () => {
  const { beliefs } = start().hear(1000, [undefined, undefined, undefined]);
  assert.equal(beliefs?.size, 0);
});

test('whoever told its load is believed to hold that, and visitors sent before are in it', () => {
  const { hear, ledger, slots } = start();
  for (let n = 0; n < 4; n += 1) ledger.choose(slots.get('web1') ?? -1, 1000);
  const { beliefs } = hear(5000, [{ sessions: 4 }, { sessions: 9 }, { sessions: 6 }]);
  const one = beliefs?.get('web1');
  assert.equal(one?.sessions, 4);
  assert.ok(one.slowBefore > 3.5 && one.slowBefore < 4, String(one.slowBefore));
  assert.equal(beliefs?.get('web2')?.sessions, 9);
});

test('a machine that proves twice as fast is believed to be, over many snapshots', () => {
  const { hear, book } = start();
  const load = (report: number, speed: number): Told => ({
    busySeconds: report * 20,
    done: report * 20 * speed,
    running: 1,
  });
  let last: PoolSnapshot | undefined;
  for (let report = 1; report < 20; report += 1) {
    sendFor(book, report * 40_000, [20, 10, 10]);
    last = hear(report * 40_000, [load(report, 20), load(report, 10), load(report, 10)]);
  }
  const capacity = last?.beliefs?.get('web1')?.capacity ?? 0;
  assert.ok(Math.abs(capacity - 2) < 0.1, String(capacity));
  assert.equal(last?.beliefs?.get('web2')?.capacity, 1);
});

test('a machine whose address was edited is learned anew', () => {
  let list = secondaries;
  let now = 0;
  const book = openBook(secondaries, { threads: 1, now: 0 });
  const learn = createLearner({
    clock: { now: () => now, wall: () => now },
    pool: () => ({ secondaries: list, ...book }),
  });
  const capacityAfter = (report: number): number | undefined => {
    now = report * 40_000;
    sendFor(book, now, [20, 10, 10]);
    const load = (speed: number): Told => ({
      ...{ busySeconds: report * 20, done: report * 20 * speed, running: 1 },
    });
    return learn(snapshotOf(now, [load(20), load(10), load(10)])).beliefs?.get('web1')?.capacity;
  };
  for (let report = 1; report < 20; report += 1) capacityAfter(report);
  assert.ok((capacityAfter(20) ?? 0) > 1.9);
  list = secondaries.map((one) => (one.id === 'web1' ? { ...one, at: 'http://127.0.0.1:1' } : one));
  assert.equal(capacityAfter(21), 1);
});

test('a snapshot that was heard before is answered as before', () => {
  const { learn } = start();
  const snapshot = snapshotOf(1000, [{ running: 1 }, { running: 2 }, undefined]);
  assert.equal(learn(snapshot), learn(snapshot));
});

test('what a file told is believed until the next one is due, though one was asked anew meanwhile', () => {
  let now = 1000;
  const book = openBook(secondaries, { threads: 1, now: 0 });
  const learn = createLearner({
    clock: { now: () => now, wall: () => now },
    pool: () => ({ secondaries, ...book }),
  });
  const file = snapshotOf(now, [{ sessions: 5 }, { sessions: 5 }, { sessions: 40 }], 40_000);
  learn(file);
  now = 30_000;
  const anew = snapshotOf(now, [{ sessions: 6 }, undefined, undefined], 40_000);
  const standings = new Map([...file.standings, ['web1', anew.standings.get('web1')!]]);
  assert.equal(learn({ ...anew, standings }).beliefs?.get('web3')?.sessions, 40);
});
