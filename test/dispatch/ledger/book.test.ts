import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBook } from '../../../src/dispatch/ledger/book.ts';
import { openLedger } from '../../../src/dispatch/ledger/ledger.ts';
import { KINDS, REASONS } from '../../../src/dispatch/ledger/reasons.ts';
import type { PoolSnapshot } from '../../../src/model/pool.ts';
import type { Secondary } from '../../../src/model/secondary.ts';
import { fadedAt, fadedSum } from '../../../src/policies/balance/fading.ts';

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

test('who gets a slot that was given up a minute ago has none of what was counted there, in any thread', () => {
  const first = openBook(secondaries(['a', 'b']), { threads: 2, now: 0 });
  const slot = first.slots.get('a') ?? -1;
  for (const thread of [0, 1]) {
    const ledger = openLedger(first.memory, first.shape, thread);
    ledger.choose(slot, 0);
    ledger.keep(slot);
    ledger.give(slot);
    ledger.replace({ slot, givenAt: 0 });
    for (const kind of KINDS) for (const reason of REASONS) ledger.because(slot, kind, reason);
  }
  first.ledger.mark(slot, 0);
  const second = openBook(secondaries(['b']), { threads: 2, now: 0, before: first });
  const { ledger, slots } = openBook(secondaries(['b', 'c']), { threads: 2, now: 60_000, before: second });
  assert.equal(slots.get('c'), slot);
  const { chosen, kept, since, given, replaced, sentFor } = ledger;
  const counts = [chosen, kept, since, given, replaced].map((count) => count(slot));
  const words = KINDS.flatMap((kind) => REASONS.map((reason) => sentFor(slot, kind, reason)));
  assert.deepEqual(new Set([...counts, ...words]), new Set([0]));
  assert.deepEqual(fadedAt(ledger.fading, slot, 60_000), { slow: 0, fast: 0 });
  assert.equal(fadedSum(ledger.fading, 60_000), 0);
  assert.deepEqual([ledger.markedAt(slot), ledger.clearedAt(slot)], [60_000, 60_000]);
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
