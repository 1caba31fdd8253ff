import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keepReady, type Timers } from '../../../src/dispatch/roster/keep-ready.ts';
import { createRosters, type Roster } from '../../../src/dispatch/roster/roster.ts';
import { allocateLedger, openLedger } from '../../../src/dispatch/ledger/ledger.ts';
import type { PoolSnapshot, Source } from '../../../src/model/pool.ts';
import { weigh } from '../../../src/policies/balance/weigh.ts';
import { poolOf } from '../../policies/pool-of.ts';

const COUNT = 300;

/** Timers that go off when they are told to. */
const pretendTimers = () => {
  const soon: (() => void)[] = [];
  const after: { ms: number; then: () => void }[] = [];
  const timers: Timers = {
    soon: (then) => {
      soon.push(then);
      return () => void soon.splice(soon.indexOf(then), 1);
    },
    after: (ms, then) => {
      const timer = { ms, then };
      after.push(timer);
      return () => {
        if (after.includes(timer)) after.splice(after.indexOf(timer), 1);
      };
    },
  };
  const idle = (): number => {
    let slices = 0;
    for (; soon.length > 0; slices += 1) soon.shift()?.();
    return slices;
  };
  return { timers, soon, after, idle };
};

const aPrimary = () => {
  const secondaries = poolOf(Array.from({ length: COUNT }, () => ({}))).map(({ secondary }) => secondary);
  const slots = new Map(secondaries.map(({ id }, slot) => [id, slot]));
  const shape = { threads: 1, slots: COUNT };
  const ledger = openLedger(allocateLedger(shape), shape, 0);
  const pretend = pretendTimers();
  const rosters = createRosters({
    ...{ secondaries, slots, slowReturnMs: 0, whenAllDown: 'nobody', ledger, policies: [weigh] },
    clock: { now: () => 0, wall: () => 0 },
  });
  const ready = keepReady({ rosters, visits: ledger.visits, timers: pretend.timers });
  const snapshot = (
    seq: number,
    { down, source = 'cached' }: { readonly down: number; readonly source?: Source },
  ): PoolSnapshot => ({
    ...{ seq, at: 0, source },
    standings: new Map(
      secondaries.map(({ id }, place) => [
        id,
        {
          id,
          verdict: { health: place < down ? 'down' : 'up', since: 0, passes: 1, fails: 0, flaps: 0 } as const,
        },
      ]),
    ),
  });
  return { ...pretend, rosters, ready, ledger, snapshot };
};

const sizeOf = ({ candidates }: Roster): number => candidates.length;

describe('keepReady', () => {
  it('makes a roster in slices; until the last one, visits go by the one before', () => {
    const { rosters, ready, snapshot, idle } = aPrimary();
    const first = snapshot(1, { down: 0 });
    ready.hear(first);
    assert.equal(sizeOf(rosters.of(first)), COUNT, 'with nothing before it is made at once');
    idle();
    const second = snapshot(2, { down: 7 });
    ready.hear(second);
    assert.equal(sizeOf(rosters.of(second)), COUNT);
    assert.ok(idle() > 2);
    assert.equal(sizeOf(rosters.of(second)), COUNT - 7);
  });

  it('says when all is ready for a snapshot', () => {
    const { rosters, ready, snapshot, idle } = aPrimary();
    const told: number[] = [];
    const first = snapshot(1, { down: 7 });
    ready.hear(first, () => told.push(sizeOf(rosters.of(first))));
    assert.deepEqual(told, []);
    idle();
    assert.deepEqual(told, [COUNT - 7]);
  });

  it('says so only once a roster stands, though a newer snapshot comes while others are made', () => {
    const { rosters, ready, snapshot, idle } = aPrimary();
    ready.hear(snapshot(0, { down: 0, source: 'none' }));
    const [first, second] = [snapshot(1, { down: 1 }), snapshot(2, { down: 2 })];
    const found: PoolSnapshot[] = [];
    ready.hear(first, () => found.push(rosters.of(second).snapshot));
    ready.hear(second);
    idle();
    assert.ok(found[0] === first, 'nobody waits for that of the second');
    assert.equal(sizeOf(rosters.of(second)), COUNT - 2);
  });

  it('goes by the one before also where the files are followed again: not by what they told long ago', () => {
    const { rosters, ready, snapshot, idle } = aPrimary();
    ready.hear(snapshot(1, { down: 0 }));
    idle();
    ready.hear(snapshot(2, { down: 7, source: 'own' }));
    idle();
    const back = snapshot(3, { down: 7 });
    ready.hear(back);
    assert.equal(sizeOf(rosters.of(back)), COUNT - 7);
  });

  it('makes the latest of several that come at once, and one that nobody told of without delay', () => {
    const { rosters, ready, snapshot, idle } = aPrimary();
    for (const down of [0, 1, 2]) ready.hear(snapshot(down, { down }));
    const last = snapshot(4, { down: 4 });
    ready.hear(last);
    idle();
    assert.equal(sizeOf(rosters.of(last)), COUNT - 4);
    assert.equal(sizeOf(rosters.of(snapshot(5, { down: 5 }))), COUNT - 5);
  });

  it('goes on while visitors come, and more and more rarely down to once in a second where none does', () => {
    const { ready, snapshot, idle, after, ledger } = aPrimary();
    ready.hear(snapshot(1, { down: 0 }));
    idle();
    const waits = Array.from({ length: 12 }, (_, round) => {
      const { ms, then } = after.shift()!;
      assert.equal(after.length, 0);
      if (round < 3) ledger.choose(round, 0);
      then();
      idle();
      return ms;
    });
    assert.deepEqual(waits.slice(1, 4), [10, 10, 10]);
    assert.deepEqual(waits.slice(4), [20, 40, 80, 160, 320, 640, 1000, 1000]);
    ready.stop();
    assert.equal(after.length, 0);
  });
});
