import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBook } from '../../src/dispatch/ledger/book.ts';
import { countsOf } from '../../src/doors/public/counts-of.ts';
import { plainSettings } from './a-door.ts';

test('what was counted of a secondary stands still once it is taken down, and goes with it from the list', () => {
  const { secondaries } = plainSettings({});
  const [one, other] = secondaries.map(({ id }) => id);
  assert.ok(one !== undefined && other !== undefined);
  const book = openBook(secondaries, { threads: 1, now: 0 });
  const slot = book.slots.get(other) ?? -1;
  book.ledger.choose(slot, 1);
  book.ledger.choose(slot, 1);
  book.ledger.keep(slot);
  book.ledger.give(slot);
  const before = countsOf(book).bySecondary;
  book.ledger.choose(slot, 2);
  book.ledger.replace({ slot, givenAt: 1 });

  assert.deepEqual(before.get(other), { kept: 1, chosen: 2, given: 1, replaced: 0 });
  assert.deepEqual(before.get(one), { kept: 0, chosen: 0, given: 0, replaced: 0 });
  assert.deepEqual(countsOf(book).bySecondary.get(other), { kept: 1, chosen: 3, given: 1, replaced: 1 });

  const listed = secondaries.filter(({ id }) => id === other);
  const shorter = countsOf(openBook(listed, { threads: 1, now: 3, before: book })).bySecondary;
  assert.equal(shorter.get(one), undefined);
  assert.equal(shorter.get(other)?.chosen, 3);
});
