import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocateLedger, openLedger } from '../../../src/dispatch/ledger/ledger.ts';
import { KINDS, REASONS } from '../../../src/dispatch/ledger/reasons.ts';
import { fadedAt, fadedSum } from '../../../src/policies/balance/fading.ts';

const shape = { threads: 2, slots: 4 };

test('what one thread notes, every thread reads', () => {
  const memory = allocateLedger(shape);
  const one = openLedger(memory, shape, 0);
  const other = openLedger(memory, shape, 1);
  one.choose(3, 0);
  other.choose(3, 0);
  other.keep(0);
  one.count('none');
  for (const ledger of [one, other]) {
    assert.deepEqual(
      [ledger.chosen(3), ledger.chosen(0), ledger.kept(0), ledger.counted('none')],
      [2, 0, 1, 1],
    );
  }
});

test('since its last report only what came after it counts', () => {
  const ledger = openLedger(allocateLedger(shape), shape, 1);
  ledger.choose(1, 0);
  assert.equal(ledger.since(1), 1);
  ledger.mark(1, 0);
  assert.equal(ledger.since(1), 0);
  ledger.choose(1, 0);
  assert.deepEqual([ledger.since(1), ledger.chosen(1)], [1, 2]);
});

test('a new secondary in an old slot begins at nothing', () => {
  const memory = allocateLedger(shape);
  const one = openLedger(memory, shape, 0);
  const other = openLedger(memory, shape, 1);
  one.choose(2, 0);
  other.keep(2);
  one.mark(2, 0);
  one.clear(2, 0);
  assert.deepEqual([one.chosen(2), one.kept(2), one.since(2)], [0, 0, 0]);
});

test('a new secondary takes nothing from the slots beside its own, nor from what is counted beside all', () => {
  const memory = allocateLedger(shape);
  const ledgers = [openLedger(memory, shape, 0), openLedger(memory, shape, 1)] as const;
  const [lastKind, lastReason] = [KINDS.at(-1)!, REASONS.at(-1)!];
  for (const ledger of ledgers) {
    ledger.count('none');
    for (let slot = 0; slot < shape.slots; slot += 1) {
      ledger.choose(slot, 0);
      ledger.because(slot, lastKind, lastReason);
    }
  }
  const firstAndLast = (slot: number): readonly number[] => [
    ledgers[0].chosen(slot),
    ledgers[0].sentFor(slot, lastKind, lastReason),
  ];
  for (let cleared = 0; cleared < shape.slots; cleared += 1) {
    ledgers[0].clear(cleared, 0);
    for (let slot = 0; slot < shape.slots; slot += 1)
      assert.deepEqual(firstAndLast(slot), slot <= cleared ? [0, 0] : [2, 2], `${slot} of ${cleared}`);
    assert.deepEqual([ledgers[0].visits(), ledgers[0].counted('none')], [2 * shape.slots, 2]);
  }
});

test('why visitors were sent is counted by secondary, kind and word, each apart, over all threads', () => {
  const memory = allocateLedger(shape);
  const ledgers = [openLedger(memory, shape, 0), openLedger(memory, shape, 1)] as const;
  const all = Array.from({ length: shape.slots }, (_, slot) =>
    KINDS.flatMap((kind) => REASONS.map((reason) => ({ slot, kind, reason }))),
  ).flat();
  const told = (): number[] => all.map(({ slot, kind, reason }) => ledgers[1].sentFor(slot, kind, reason));
  for (const [at, { slot, kind, reason }] of all.entries()) {
    for (let times = 0; times <= at; times += 1) ledgers[times % 2 === 0 ? 0 : 1].because(slot, kind, reason);
  }
  ledgers[0].because(0, 'chosen', 'evil');
  assert.deepEqual(
    told(),
    all.map((_, at) => at + 1),
  );
  assert.deepEqual([ledgers[0].chosen(0), ledgers[0].given(0), ledgers[0].counted('none')], [0, 0, 0]);
  ledgers[0].clear(1, 0);
  assert.deepEqual(
    told(),
    all.map(({ slot }, at) => (slot === 1 ? 0 : at + 1)),
  );
});

test('a larger ledger takes over the counts', () => {
  const old = openLedger(allocateLedger(shape), shape, 0);
  old.choose(1, 0);
  old.mark(1, 0);
  old.choose(1, 0);
  old.keep(2);
  old.because(2, 'kept', 'affinity');
  old.because(1, 'chosen', 'random');
  old.because(1, 'chosen', 'random');
  old.count('none');
  const larger = { threads: 2, slots: 64 };
  const next = openLedger(allocateLedger(larger), larger, 0);
  next.copy(old, shape.slots);
  assert.deepEqual(
    [next.chosen(1), next.since(1), next.kept(2), next.counted('none'), next.counted('unheard-of')],
    [2, 1, 1, 1, 0],
  );
  assert.deepEqual(
    [
      next.sentFor(2, 'kept', 'affinity'),
      next.sentFor(1, 'chosen', 'random'),
      next.sentFor(1, 'kept', 'random'),
    ],
    [1, 2, 0],
  );
});

test('a larger ledger knows which visitors a report holds already', () => {
  const old = openLedger(allocateLedger(shape), shape, 0);
  old.choose(1, 10_000);
  old.mark(1, 11_000);
  const larger = { threads: 2, slots: 64 };
  const next = openLedger(allocateLedger(larger), larger, 0);
  next.copy(old, shape.slots);
  next.move({ from: 1, to: 2, since: 10_000 }, 12_000);
  assert.deepEqual([next.since(1), next.since(2)], [0, 1]);
});

test('a new choice counts in what fades, a visitor who is back does not, and both are visits', () => {
  const memory = allocateLedger(shape);
  const one = openLedger(memory, shape, 0);
  const other = openLedger(memory, shape, 1);
  one.choose(3, 10_000);
  other.choose(3, 10_000);
  other.keep(3);
  for (const { fading, visits } of [one, other]) {
    assert.deepEqual(fadedAt(fading, 3, 10_000), { slow: 2, fast: 2 });
    assert.ok(Math.abs(fadedAt(fading, 3, 20_000).fast - 2 / Math.E) < 1e-12);
    assert.equal(fadedSum(fading, 10_000), 2);
    assert.equal(visits(), 3);
  }
});

test('a larger ledger takes over what fades, as of the last visitor, from all threads', () => {
  const memory = allocateLedger(shape);
  const threads = [openLedger(memory, shape, 0), openLedger(memory, shape, 1)] as const;
  threads[0].choose(3, 10_000);
  threads[1].choose(3, 15_000);
  threads[1].choose(0, 15_000);
  const larger = { threads: 2, slots: 64 };
  const next = openLedger(allocateLedger(larger), larger, 0);
  next.copy(threads[0], shape.slots);
  for (const slot of [0, 3, 5]) {
    const before = fadedAt(threads[0].fading, slot, 20_000);
    const after = fadedAt(next.fading, slot, 20_000);
    assert.ok(Math.abs(before.slow - after.slow) < 1e-12 && Math.abs(before.fast - after.fast) < 1e-12);
  }
  assert.ok(Math.abs(fadedSum(threads[0].fading, 20_000) - fadedSum(next.fading, 20_000)) < 1e-12);
});

test('a new secondary in an old slot begins at nothing in what fades, too', () => {
  const memory = allocateLedger(shape);
  const one = openLedger(memory, shape, 0);
  openLedger(memory, shape, 1).choose(2, 1000);
  one.clear(2, 1500);
  assert.deepEqual(fadedAt(one.fading, 2, 1000), { slow: 0, fast: 0 });
  assert.equal(fadedSum(one.fading, 2000), 0);
});

test('a visitor of the secondary before does not move from the new one in its slot, nor to it', () => {
  const ledger = openLedger(allocateLedger(shape), shape, 0);
  ledger.choose(1, 10_000);
  ledger.clear(1, 11_000);
  ledger.move({ from: 1, to: 2, since: 10_000 }, 12_000);
  ledger.move({ from: 2, to: 1, since: 10_000 }, 12_000);
  assert.equal(ledger.since(1), 0);
  assert.deepEqual(fadedAt(ledger.fading, 1, 12_000), { slow: 0, fast: 0 });
});

test('a visitor who went elsewhere moves with what is left of him, and where no report came since', () => {
  const memory = allocateLedger(shape);
  const one = openLedger(memory, shape, 0);
  const other = openLedger(memory, shape, 1);
  for (let n = 0; n < 1000; n += 1) one.choose(1, 10_000);
  for (let n = 0; n < 1000; n += 1) other.move({ from: 1, to: 2, since: 10_000 }, 19_000);
  assert.deepEqual([one.since(1), one.since(2), one.chosen(1), one.chosen(2)], [0, 1000, 1000, 0]);
  for (const kind of ['slow', 'fast'] as const) {
    assert.ok(Math.abs(fadedAt(one.fading, 1, 19_000)[kind]) < 1e-9);
    const expected = 1000 * Math.exp(-9000 / { slow: 60_000, fast: 10_000 }[kind]);
    assert.ok(Math.abs(fadedAt(one.fading, 2, 19_000)[kind] - expected) < 1e-9);
  }
});

test('a visitor whom a report holds already is moved by nobody', () => {
  const ledger = openLedger(allocateLedger(shape), shape, 1);
  ledger.choose(1, 10_000);
  ledger.mark(1, 11_000);
  ledger.move({ from: 1, to: 2, since: 10_000 }, 12_000);
  assert.deepEqual([ledger.since(1), ledger.since(2)], [0, 1]);
  ledger.mark(2, 13_000);
  ledger.move({ from: 3, to: 2, since: 12_500 }, 14_000);
  assert.equal(ledger.since(2), 0);
});
