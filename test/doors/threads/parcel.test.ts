import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Belief } from '../../../src/model/policy.ts';
import { nothingKnown, type PoolSnapshot, type Standing } from '../../../src/model/pool.ts';
import { pack, unpack, type Parcel } from '../../../src/doors/threads/parcel.ts';

const outlook = { perVisitor: 1.5, load: 0.5, usual: 30, perRequest: 4, fairSessions: 12, fairFast: 2 };

const standing = (id: string, at = 1): Standing => ({
  id,
  verdict: { health: 'up', since: at, passes: 2, fails: 0, flaps: 0 },
  load: { at, running: 3 },
});

const belief = (at: number): Belief => ({
  ...{ at, sessions: 5, excess: -1.5, slowBefore: 3, fastBefore: 0.5, capacity: 0.75 },
  outlook,
});

const snapshotOf = (
  seq: number,
  standings: readonly Standing[],
  beliefs?: PoolSnapshot['beliefs'],
): PoolSnapshot => ({
  ...{ seq, at: seq * 10, source: 'cached', everyMs: 2000 },
  standings: new Map(standings.map((one) => [one.id, one])),
  ...(beliefs && { beliefs }),
});

/** As it goes to another thread. */
const sent = (parcel: Parcel): Parcel => structuredClone(parcel);

test('a snapshot comes out of a parcel as it went in', () => {
  const [one, two, three] = [standing('web1'), standing('web2'), standing('web3')];
  const beliefs = new Map([
    ['web1', belief(7)],
    ['web3', belief(8)],
  ]);
  const first = snapshotOf(1, [one, two, three], beliefs);
  const second = snapshotOf(2, [one, standing('web2', 9), three], new Map([['web2', belief(9)]]));
  const grown = snapshotOf(3, [one, standing('web4', 3), two], new Map());
  const last = snapshotOf(4, [one, standing('web4', 3), two]);

  let before: PoolSnapshot | undefined;
  let there = nothingKnown('cached');
  for (const snapshot of [first, second, grown, last]) {
    there = unpack(sent(pack(snapshot, before)), there);
    assert.deepEqual(there, snapshot);
    assert.deepEqual([...there.standings.keys()], [...snapshot.standings.keys()]);
    before = snapshot;
  }
});

test('what only explains a verdict stays with the main thread', () => {
  const evidence = { secondary: 'web1', check: 'http', at: 1, outcome: { ok: true, tookMs: 1 } } as const;
  const plain = standing('web1');
  const { standings } = pack(snapshotOf(1, [{ ...plain, verdict: { ...plain.verdict, evidence } }]));
  assert.deepEqual(standings.get('web1'), plain);
});

test('what did not change is not in the parcel', () => {
  const [one, two] = [standing('web1'), standing('web2')];
  const { standings } = pack(snapshotOf(2, [one, standing('web2', 5)]), snapshotOf(1, [one, two]));
  assert.deepEqual([...standings.keys()], ['web2']);
});

test('beliefs that are the same are not copied again', () => {
  const beliefs = new Map([['web1', belief(7)]]);
  const [first, second] = [
    snapshotOf(1, [standing('web1')], beliefs),
    snapshotOf(2, [standing('web1', 4)], beliefs),
  ];
  const there = unpack(sent(pack(first)), nothingKnown('cached'));
  const parcel = pack(second, first);
  assert.equal(parcel.beliefs, 'as before');
  assert.equal(unpack(sent(parcel), there).beliefs, there.beliefs);
});

test('beliefs are in memory that threads share', () => {
  const parcel = pack(snapshotOf(1, [standing('web1')], new Map([['web1', belief(7)]])));
  assert.ok(typeof parcel.beliefs === 'object' && parcel.beliefs.cells instanceof SharedArrayBuffer);
});

test('a round in which only reports and counters changed copies no standing', () => {
  const told = (id: string, passes: number, load: Standing['load']): Standing => ({
    id,
    verdict: { health: 'up', since: 1, passes, fails: 0, flaps: 0 },
    ...(load && { load }),
  });
  const first = snapshotOf(1, [
    told('web1', 1, { at: 1, running: 3, wish: 'drain' }),
    told('web2', 1, undefined),
    told('web3', 1, { at: 1, sessions: 7 }),
    told('web4', 1, { at: 1, sessions: 7 }),
  ]);
  const second = snapshotOf(2, [
    told('web1', 2, { at: 5, running: 0, weightShare: 0.5, wish: 'drain' }),
    told('web2', 2, undefined),
    told('web3', 2, { at: 1, sessions: 7 }),
    told('web4', 2, { at: 6, utilization: 0.25 }),
  ]);
  const parcel = pack(second, first);
  assert.equal(parcel.standings.size, 0);
  const there = unpack(sent(pack(first)), nothingKnown('cached'));
  const here = unpack(sent(parcel), there);
  for (const [id, { load }] of second.standings) assert.deepEqual(here.standings.get(id)?.load, load, id);
  assert.equal(here.standings.get('web2'), there.standings.get('web2'));
  assert.equal(here.standings.get('web3'), there.standings.get('web3'));
});

test('a round in which nothing changed for visitors leaves a thread the standings that it has', () => {
  const first = snapshotOf(1, [standing('web1')]);
  const again = standing('web1');
  const second = snapshotOf(2, [{ ...again, verdict: { ...again.verdict, passes: 9 } }]);
  const there = unpack(sent(pack(first)), nothingKnown('cached'));
  assert.equal(unpack(sent(pack(second, first)), there).standings, there.standings);
});

test('a thread that is new gets everything', () => {
  const snapshot = snapshotOf(5, [standing('web1'), standing('web2')], new Map([['web2', belief(7)]]));
  assert.deepEqual(unpack(sent(pack(snapshot)), nothingKnown('cached')), snapshot);
});
