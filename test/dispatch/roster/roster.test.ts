import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBook } from '../../../src/dispatch/ledger/book.ts';
import { createRosters } from '../../../src/dispatch/roster/roster.ts';
import { nothingKnown } from '../../../src/model/pool.ts';
import { policies } from '../../../src/policies/index.ts';
import { makeFrom } from '../../../src/unit.ts';
import { plainSettings } from '../../doors/a-door.ts';
import { drawOf, seeded } from '../../policies/pool-of.ts';

test('a newcomer is not flooded to catch up with those who were sent thousands before it came', () => {
  const [first, second] = plainSettings().secondaries;
  const secondaries = [first!, second!, { ...first!, id: 'new' }];
  const { slots, ledger } = openBook(secondaries, { threads: 1, now: 0 });
  for (let visitor = 0; visitor < 10_000; visitor += 1) ledger.choose(visitor % 2, 0);
  const roster = createRosters({
    ...{ secondaries, slots, slowReturnMs: 0, whenAllDown: 'nobody', ledger },
    clock: { now: () => 1, wall: () => 1 },
  }).of(nothingKnown('none'));
  const { pick } = roster.prepared(makeFrom(policies, { name: 'least-connections', options: {} }))!;
  const dice = seeded(3);
  for (let ticket = 0; ticket < 300; ticket += 1)
    ledger.choose(pick(drawOf({ ledger, ticket, dice })).slot, 1);
  assert.equal(ledger.chosen(slots.get('new')!), 100);
});
