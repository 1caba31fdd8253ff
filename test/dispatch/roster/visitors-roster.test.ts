import assert from 'node:assert/strict';
import { it } from 'node:test';
import { allocateLedger, openLedger } from '../../../src/dispatch/ledger/ledger.ts';
import { createVisitorsRoster } from '../../../src/dispatch/roster/visitors-roster.ts';
import type { Policy } from '../../../src/model/policy.ts';
import type { PoolSnapshot } from '../../../src/model/pool.ts';
import type { Origin, Secondary } from '../../../src/model/secondary.ts';
import { finish } from '../../../src/model/slices.ts';
import { poolOf } from '../../policies/pool-of.ts';

const SNAPSHOT: PoolSnapshot = { seq: 1, at: 0, source: 'none', standings: new Map() };

const rostersOf = (origins: readonly Origin[], policies: readonly Policy[] = []) => {
  const secondaries = poolOf(origins.map(() => ({}))).map(({ secondary }, at): Secondary => ({
    ...secondary,
    address: { kind: 'own', origin: origins[at] ?? 'http://x' },
  }));
  const shape = { threads: 1, slots: secondaries.length };
  return createVisitorsRoster(
    {
      ...{ secondaries, policies },
      slots: new Map(secondaries.map(({ id }, slot) => [id, slot])),
      ...{ slowReturnMs: 0, whenAllDown: 'nobody', ledger: openLedger(allocateLedger(shape), shape, 0) },
      clock: { now: () => 0, wall: () => 0 },
    },
    [],
  );
};

/** A policy that takes two slices to be made ready. */
const inTwoSlices =
  (begins: () => void): Policy =>
  (candidates) => ({
    pick: () => candidates[0],
    renewal: {
      everyMs: 10,
      *begin() {
        begins();
        yield;
      },
    },
  });

const foundAmong = (...origins: readonly Origin[]) => {
  const { of } = rostersOf(origins);
  return (from: string) => of(SNAPSHOT, { visitor: () => from });
};

it('those whom every visitor of a family reaches are sifted once, whatever family he comes by', () => {
  const of = foundAmong('http://192.0.2.1', 'http://192.0.2.2');
  assert.equal(of('203.0.113.9'), of('127.0.0.1'));
  assert.equal(of('2001:db8::9'), of('127.0.0.1'), 'better than nobody');
});

it('what is the same for a family and for all is made ready and renewed once', () => {
  let begun = 0;
  const policy = inTwoSlices(() => (begun += 1));
  const { coming, renew } = rostersOf(['http://192.0.2.1', 'http://192.0.2.2'], [policy]);
  finish(coming(SNAPSHOT));
  assert.equal(begun, 1);
  finish(renew());
  assert.equal(begun, 2);
});

it('all are ready for a snapshot, or for one before it, though a newer one comes while the first of them is made', () => {
  const policy = inTwoSlices(() => undefined);
  const { coming, of } = rostersOf(['http://192.0.2.1', 'http://[2001:db8::1]'], [policy]);
  const newer = { ...SNAPSHOT, seq: 2 };
  const slices = coming(SNAPSHOT);
  slices.next();
  coming(newer);
  finish(slices);
  for (const from of ['127.0.0.1', '203.0.113.9', '2001:db8::9']) {
    assert.equal(
      of(newer, { visitor: () => from }).snapshot,
      SNAPSHOT,
      'made at once it would be the newer one',
    );
  }
});

it('where some are not reached he finds the others', () => {
  const of = foundAmong('http://192.0.2.1', 'http://[2001:db8::1]', 'http://www.example.org');
  const found = (from: string): number[] => of(from).candidates.map(({ slot }) => slot);
  assert.deepEqual(found('203.0.113.9'), [0, 2]);
  assert.deepEqual(found('2001:db8::9'), [1, 2]);
  assert.deepEqual(found('127.0.0.1'), [0, 1, 2]);
});
