import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBook } from '../../../src/dispatch/ledger/book.ts';
import type { PoolSnapshot } from '../../../src/model/pool.ts';
import type { Secondary } from '../../../src/model/secondary.ts';

const secondaries = (ids: readonly string[]): Secondary[] =>
  ids.map((id, at) => ({
    id,
    address: { kind: 'same-host', scheme: 'http', port: 9000 + at },
    at: 'http://127.0.0.1:9000',
    weight: 1,
    role: 'active',
    state: 'ready',
  }));

const reporting = (id: string, at: number): PoolSnapshot => ({
  seq: 1,
  at,
  source: 'memory',
  standings: new Map([
    [
      id,
      { id, verdict: { health: 'up', since: 0, passes: 1, fails: 0, flaps: 0 }, load: { at, running: 1 } },
    ],
  ]),
});

test('a new secondary begins at nothing, also where the ledger grows', () => {
  const first = openBook(secondaries(['a', 'b']), { threads: 1, now: 0 });
  for (let n = 0; n < 5000; n += 1) first.ledger.choose(first.slots.get('b') ?? -1, 0);
  const others = Array.from({ length: 200 }, (_, n) => `n${String(n)}`);
  const grown = openBook(secondaries(['a', ...others]), { threads: 1, now: 0, before: first });
  assert.ok(grown.shape.slots > first.shape.slots);
  for (const slot of grown.slots.values())
    assert.deepEqual([grown.ledger.chosen(slot), grown.ledger.since(slot)], [0, 0]);
});

test('those who stay keep their counts, whether the ledger grows or not', () => {
  const first = openBook(secondaries(['a', 'b']), { threads: 1, now: 0 });
  first.ledger.choose(first.slots.get('b') ?? -1, 0);
  for (const count of [1, 500]) {
    const more = Array.from({ length: count }, (_, n) => `n${String(n)}`);
    const next = openBook(secondaries([...more, 'b']), { threads: 1, now: 0, before: first });
    assert.equal(next.ledger.chosen(next.slots.get('b') ?? -1), 1);
  }
});

test('visits that are still sent by the list before two edits in a row count for nobody else', () => {
  const first = openBook(secondaries(['a', 'b']), { threads: 1, now: 0 });
  const second = openBook(secondaries(['b']), { threads: 1, now: 0, before: first });
  const third = openBook(secondaries(['b', 'c']), { threads: 1, now: 0, before: second });
  first.ledger.choose(first.slots.get('a') ?? -1, 0);
  first.ledger.choose(first.slots.get('b') ?? -1, 0);
  assert.equal(third.memory, first.memory);
  const counted = ['b', 'c'].map((id) => third.ledger.chosen(third.slots.get(id) ?? -1));
  assert.deepEqual(counted, [1, 0]);
});

test('what was sent before a report is in it; the same report seen again, or after a reload, changes nothing', () => {
  const book = openBook(secondaries(['a']), { threads: 1, now: 0 });
  const slot = book.slots.get('a') ?? -1;
  book.ledger.choose(slot, 0);
  book.markReports(reporting('a', 10), 10);
  assert.equal(book.ledger.since(slot), 0);
  book.ledger.choose(slot, 0);
  book.markReports(reporting('a', 10), 10);
  const reloaded = openBook(secondaries(['a']), { threads: 1, now: 0, before: book });
  reloaded.markReports(reporting('a', 10), 10);
  assert.equal(reloaded.ledger.since(slot), 1);
  reloaded.markReports(reporting('a', 20), 20);
  assert.equal(reloaded.ledger.since(slot), 0);
});

test('a report that does not count visitors holds none, and reports of those who left are forgotten', () => {
  const book = openBook(secondaries(['a']), { threads: 1, now: 0 });
  const slot = book.slots.get('a') ?? -1;
  book.ledger.choose(slot, 0);
  const silent = reporting('a', 10);
  const load = { at: 10, answerMs: 3, utilization: 0.1 };
  book.markReports(
    { ...silent, standings: new Map([...silent.standings].map(([id, one]) => [id, { ...one, load }])) },
    10,
  );
  assert.equal(book.ledger.since(slot), 1);
  book.markReports(reporting('a', 20), 20);
  assert.deepEqual([...book.reportedAt], [['a', 20]]);
  const next = openBook(secondaries(['b']), { threads: 1, now: 30, before: book });
  assert.deepEqual([...next.reportedAt], []);
});
