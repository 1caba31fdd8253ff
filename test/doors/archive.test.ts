import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Settings } from '../../src/config/settings.ts';
import { openBook } from '../../src/dispatch/ledger/book.ts';
import { allocateDecisions, openDecisions, type Noted } from '../../src/dispatch/diary/decisions.ts';
import { createArchive } from '../../src/doors/why/archive.ts';

const chosen: Noted = {
  at: 0,
  kind: 'chosen',
  slot: 0,
  way: 0,
  source: 'none',
  snapshotSeq: 0,
  snapshotAt: 0,
  rosterAt: 0,
  whose: 0,
  edition: 1,
  ticket: 0,
  avoid: [],
};

test('however fast visitors come, the ledger of the last 10,000 decisions can be worked out again', () => {
  const decisions = openDecisions(allocateDecisions());
  const archive = createArchive(decisions);
  const { slots, ledger, shape } = openBook([], { threads: 1, now: 0 });
  archive.open({ settings: {} as Settings, slots, ledger, rows: shape.slots });
  const come = (count: number): void => {
    for (let nth = 0; nth < count; nth += 1) decisions.note(chosen);
  };
  come(30_000);
  assert.equal(archive.ledgerAt(29_999), undefined);
  for (let tenth = 0; tenth < 30; tenth += 1) {
    come(1000);
    archive.hurry();
  }
  assert.ok(archive.ledgerAt(decisions.next() - 10_000));
});
