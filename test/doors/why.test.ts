import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBook } from '../../src/dispatch/ledger/book.ts';
import {
  allocateDecisions,
  decisionId,
  openDecisions,
  type Noted,
} from '../../src/dispatch/diary/decisions.ts';
import { createArchive } from '../../src/doors/why/archive.ts';
import { createWhyTeller } from '../../src/doors/why/why.ts';
import { createRosters } from '../../src/dispatch/roster/roster.ts';
import { nothingKnown } from '../../src/model/pool.ts';
import { policies } from '../../src/policies/index.ts';
import { makeFrom } from '../../src/unit.ts';
import { drawOf } from '../policies/pool-of.ts';
import { plainSettings } from './a-door.ts';

const RUN = 'run';

/** Decisions that took turns among all of a pool, by a policy of that name. */
const decided = (count: number, name = 'round-robin') => {
  const settings = plainSettings({ policy: { name, options: {} } });
  const decisions = openDecisions(allocateDecisions());
  const archive = createArchive(decisions);
  const { slots, ledger, shape } = openBook(settings.secondaries, { threads: 1, now: 0 });
  const edition = archive.open({ settings, slots, ledger, rows: shape.slots });
  const clock = { now: () => 0, wall: () => 0 };
  for (let ticket = 0; ticket < count; ticket += 1) {
    const chosen: Noted = {
      ...{ at: 0, kind: 'chosen', slot: ticket % settings.secondaries.length, way: 0, edition, ticket },
      ...{ source: 'none', snapshotSeq: 0, snapshotAt: 0, rosterAt: 0, whose: 0, avoid: [] },
    };
    decisions.note(chosen);
  }
  return createWhyTeller({ decisions, archive, run: RUN, clock });
};

test('while a decision with thousands before it is made again, the loop goes on', async () => {
  const { tell } = decided(3000);
  let turns = 0;
  let isTold = false;
  const count = (): void => {
    turns += 1;
    if (!isTold) setImmediate(count);
  };
  setImmediate(count);
  const why = await tell(decisionId(RUN, 2999));
  isTold = true;
  assert.deepEqual(why?.again, { secondary: why?.secondary, isSame: true });
  assert.ok(turns >= 20, `${turns} turns`);
});

test('a decision that was told is not made once more, and those asked for at once are told one after the other', async () => {
  const { tell } = decided(300);
  const [one, same, other] = await Promise.all(
    [299, 299, 298].map((number) => tell(decisionId(RUN, number))),
  );
  assert.equal(one, same);
  assert.equal(other?.id, decisionId(RUN, 298));
  assert.equal(other.again?.isSame, true);
  assert.equal(await tell(decisionId(RUN, 300)), undefined);
  assert.equal(await tell(decisionId(RUN, 298)), other);
});

test('visitors who came in by another way before its first one do not change a decision that is made again', async () => {
  const leastConnections = { name: 'least-connections', options: {} } as const;
  const settings = plainSettings({ policy: leastConnections });
  const { secondaries } = settings;
  const decisions = openDecisions(allocateDecisions());
  const archive = createArchive(decisions);
  const { slots, ledger, shape } = openBook(secondaries, { threads: 1, now: 0 });
  const edition = archive.open({ settings, slots, ledger, rows: shape.slots });
  const note = (noted: Pick<Noted, 'at' | 'slot' | 'way' | 'rosterAt' | 'ticket'>): number => {
    ledger.choose(noted.slot, noted.at);
    const about = { kind: 'chosen', source: 'none', snapshotSeq: 0, snapshotAt: 0, whose: 0 } as const;
    return decisions.note({ ...noted, ...about, edition, avoid: [] });
  };
  const othersFrom = (at: number, rosterAt: number): void => {
    for (let ticket = 0; ticket < 5; ticket += 1)
      note({ at: at + ticket, slot: 0, way: 1, rosterAt, ticket });
  };

  othersFrom(0, 0);
  const rosters = createRosters({
    ...{ secondaries, slots, slowReturnMs: 0, whenAllDown: 'nobody', ledger },
    clock: { now: () => 10, wall: () => 10 },
  });
  const roster = rosters.of(nothingKnown('none'));
  const { pick } = roster.prepared(makeFrom(policies, leastConnections))!;
  othersFrom(20, 10);
  const numbers = Array.from({ length: 8 }, (_, ticket) => {
    const { slot } = pick(drawOf({ ledger, ticket }));
    return note({ at: 30 + ticket, slot, way: 0, rosterAt: 10, ticket });
  });

  const { tell } = createWhyTeller({
    decisions,
    archive,
    run: RUN,
    clock: { now: () => 40, wall: () => 40 },
  });
  for (const number of numbers) {
    const why = await tell(decisionId(RUN, number));
    assert.deepEqual(why?.again, { secondary: why?.secondary, isSame: true });
  }
});

test('where more were sent on by the same news than are gone through, nobody is told that it would be somebody else', async () => {
  const { tell } = decided(4100, 'least-connections');
  for (const number of [4096, 4097, 4098, 4099]) {
    const { again, missing, secondaries = [] } = (await tell(decisionId(RUN, number))) ?? {};
    assert.ok(again?.isSame === true || (again === undefined && missing !== undefined));
    if (again === undefined) assert.ok(secondaries.every(({ score }) => score === undefined));
  }
  const { tell: tellOfTurns } = decided(4100);
  assert.equal((await tellOfTurns(decisionId(RUN, 4099)))?.again?.isSame, true);
});
