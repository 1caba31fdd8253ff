import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  allocateDecisions,
  decisionId,
  decisionNumber,
  KEPT_DECISIONS,
  openDecisions,
  type Noted,
} from '../../src/dispatch/decisions.ts';

const noted = (more: Partial<Noted> = {}): Noted => ({
  at: 12_345.678,
  kind: 'chosen',
  slot: 3,
  way: 6,
  source: 'own',
  snapshotSeq: 9,
  snapshotAt: 12_000.5,
  rosterAt: 12_001.25,
  edition: 2,
  ticket: 4_000_000_000,
  avoids: true,
  ...more,
});

test('a decision is read as it was noted, with what the dice showed, by every thread', () => {
  const memory = allocateDecisions();
  let shown = 0;
  const one = openDecisions(memory, () => (shown += 0.125));
  const other = openDecisions(memory, () => 0.5);
  one.begin();
  one.dice();
  one.dice();
  assert.equal(one.note(noted()), 0);
  other.begin();
  assert.equal(other.note(noted({ kind: 'none', slot: -1, avoids: false, way: 0, source: 'none' })), 1);
  assert.deepEqual(other.read(0), { number: 0, ...noted(), dice: [0.125, 0.25] });
  assert.deepEqual(one.read(1), {
    number: 1,
    ...noted({ kind: 'none', slot: -1, avoids: false, way: 0, source: 'none' }),
    dice: [],
  });
  assert.equal(one.read(2), undefined);
});

test('of a visit that cast the dice often, the first four are kept', () => {
  const decisions = openDecisions(allocateDecisions(), () => 0.75);
  decisions.begin();
  for (let cast = 0; cast < 9; cast += 1) decisions.dice();
  decisions.note(noted());
  assert.deepEqual(decisions.read(0)?.dice, [0.75, 0.75, 0.75, 0.75]);
});

test('the last 10,000 are there, older ones are gone and not taken for others', () => {
  const decisions = openDecisions(allocateDecisions(), () => 0);
  for (let made = 0; made < KEPT_DECISIONS + 5; made += 1) decisions.note(noted({ at: made }));
  const last = decisions.next() - 1;
  assert.equal(decisions.read(last - 9_999)?.at, last - 9_999);
  assert.equal(decisions.read(4), undefined);
  assert.equal(decisions.read(5)?.at, 5);
});

test('an id names one decision of one run', () => {
  assert.equal(decisionNumber('run', decisionId('run', 4_294_967_295)), 4_294_967_295);
  for (const id of ['other-1', 'run', 'run-', 'run-01', 'run--1', 'run-1.5', 'run-zzzzzzzzz', 'run-A']) {
    assert.equal(decisionNumber('run', id), undefined, id);
  }
});
