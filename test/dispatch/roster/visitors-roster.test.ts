import assert from 'node:assert/strict';
import { it } from 'node:test';
import { allocateLedger, openLedger } from '../../../src/dispatch/ledger/ledger.ts';
import { createVisitorsRoster } from '../../../src/dispatch/roster/visitors-roster.ts';
import type { PoolSnapshot } from '../../../src/model/pool.ts';
import type { Origin, Secondary } from '../../../src/model/secondary.ts';
import { poolOf } from '../../policies/pool-of.ts';

const rostersOf = (...origins: readonly Origin[]) => {
  const secondaries = poolOf(origins.map(() => ({}))).map(({ secondary }, at): Secondary => ({
    ...secondary,
    address: { kind: 'own', origin: origins[at] ?? 'http://x' },
  }));
  const shape = { threads: 1, slots: secondaries.length };
  const rosters = createVisitorsRoster(
    {
      secondaries,
      slots: new Map(secondaries.map(({ id }, slot) => [id, slot])),
      ...{ slowReturnMs: 0, whenAllDown: 'nobody', ledger: openLedger(allocateLedger(shape), shape, 0) },
      clock: { now: () => 0, wall: () => 0 },
    },
    [],
  );
  const snapshot: PoolSnapshot = { seq: 1, at: 0, source: 'none', standings: new Map() };
  return (from: string) => rosters.of(snapshot, { visitor: () => from });
};

it('those whom every visitor of a family reaches are sifted once, whatever family he comes by', () => {
  const of = rostersOf('http://192.0.2.1', 'http://192.0.2.2');
  assert.equal(of('203.0.113.9'), of('127.0.0.1'));
  assert.equal(of('2001:db8::9'), of('127.0.0.1'), 'better than nobody');
});

it('where some are not reached he finds the others', () => {
  const of = rostersOf('http://192.0.2.1', 'http://[2001:db8::1]', 'http://www.example.org');
  const found = (from: string): number[] => of(from).candidates.map(({ slot }) => slot);
  assert.deepEqual(found('203.0.113.9'), [0, 2]);
  assert.deepEqual(found('2001:db8::9'), [1, 2]);
  assert.deepEqual(found('127.0.0.1'), [0, 1, 2]);
});
