import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  allocateDecisions,
  decisionId,
  decisionNumber,
  KEPT_DECISIONS,
  openDecisions,
  type Noted,
} from '../../../src/dispatch/diary/decisions.ts';
import { dieAfter } from '../../../src/dispatch/diary/die-after.ts';
import { createWitness } from '../../../src/dispatch/diary/witness.ts';
import { nearOf } from '../near-of.ts';

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
  whose: 5,
  avoid: [2, -1],
  ...more,
});

/** The witness of a policy that asked all it may. */
const witnessed = () => {
  let shown = 0;
  const near = nearOf([
    { slot: 3, ms: 12.5 },
    { slot: 0, ms: 80.25 },
  ]);
  const witness = createWitness({ dice: () => (shown += 0.125), near, whereabouts: () => [52.5, 13.4] });
  return { ...witness, near };
};

test('a decision is read as it was noted, with what its policy saw, by every thread', () => {
  const memory = allocateDecisions();
  const one = openDecisions(memory);
  const other = openDecisions(memory);
  const { begin, sources, seen, near } = witnessed();
  begin();
  sources.dice();
  sources.dice();
  const print = sources.print?.('203.0.113') ?? NaN;
  sources.near?.find('203.0.113.9');
  sources.whereabouts?.('203.0.113.9');
  assert.equal(one.note(noted(), { seen, near }), 0);
  begin();
  const bare = noted({ kind: 'none', slot: -1, avoid: [], way: 0, whose: 0, source: 'none' });
  assert.equal(other.note(bare, { seen, near }), 1);
  assert.deepEqual(other.read(0), {
    number: 0,
    ...noted(),
    dice: [0.125, 0.25],
    print,
    from: [52.5, 13.4],
    near: [
      { slot: 3, ms: 12.5 },
      { slot: 0, ms: 80.25 },
    ],
  });
  assert.deepEqual(one.read(1), { number: 1, ...bare, dice: [] });
  assert.equal(one.read(2), undefined);
});

test('of a visit that cast the dice often, the first four are kept, and the others follow from the last', () => {
  const decisions = openDecisions(allocateDecisions());
  const { begin, sources, seen, near } = witnessed();
  begin();
  const cast = Array.from({ length: 9 }, () => sources.dice());
  decisions.note(noted(), { seen, near });
  const again = decisions.read(0)?.dice ?? [];
  assert.deepEqual(again, cast.slice(0, 4));
  assert.deepEqual(
    cast.slice(4).map((_, later) => dieAfter(again[3] ?? 0, 4 + later)),
    cast.slice(4),
  );
  assert.equal(new Set(cast).size, 9);
});

test('a die that follows from another is as fair as that one', () => {
  const count = 20_000;
  const shown = Array.from({ length: count }, (_, n) => dieAfter(n / count, 4));
  assert.ok(shown.every((die) => die >= 0 && die < 1));
  const tenths = Array.from(
    { length: 10 },
    (_, tenth) => shown.filter((die) => Math.floor(die * 10) === tenth).length,
  );
  // five standard deviations of a fair one
  for (const tenth of tenths)
    assert.ok(Math.abs(tenth - count / 10) < 5 * Math.sqrt(count * 0.09), String(tenths));
});

test('the last 10,000 are there, older ones are gone and not taken for others', () => {
  const decisions = openDecisions(allocateDecisions());
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
