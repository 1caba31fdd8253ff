import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Settings } from '../../src/config/settings.ts';
import type { Candidate, Policy } from '../../src/model/policy.ts';
import { policies } from '../../src/policies/index.ts';
import { startReplay } from '../../src/replay/replay.ts';
import { seededDice } from '../../src/replay/seeded-dice.ts';
import { makeFrom } from '../../src/unit.ts';
import { plainSettings } from '../doors/a-door.ts';

const FROM = Date.UTC(2026, 8, 21, 12);

interface Seen {
  readonly ages: readonly (number | undefined)[];
  readonly done: number | undefined;
  readonly since: number;
}

/**
 * What visitors who come every so many seconds are chosen by: for each the age of both reports, in seconds, what the
 * first holds, and how many were sent there since.
 */
const chosenBy = (checks: Partial<Settings['checks']>, everySeconds: number, visitors = 6) => {
  const settings = plainSettings({
    checks: { ...plainSettings().checks, everyMs: 40_000, ...checks },
    secondaries: plainSettings().secondaries.map((one) => ({ ...one, load: { name: 'json', options: {} } })),
  });
  const seen: Seen[] = [];
  const looks: Policy = (candidates) => ({
    pick: ({ now, ledger }): Candidate => {
      const ages = candidates.map(({ load }) => load && (now - load.at) / 1000);
      seen.push({ ages, done: candidates[0].load?.done, since: ledger.since(0) });
      return candidates[0];
    },
  });
  const replay = startReplay(settings, () => looks, seededDice(1));
  for (let visitor = 0; visitor < visitors; visitor += 1) {
    const at = FROM + visitor * everySeconds * 1000;
    replay.take({ at, address: `192.0.2.${visitor}`, agent: 'a', target: '/' });
  }
  return seen;
};

test('however rarely visitors come, they are chosen for by a file of the last whole interval', () => {
  const seen = chosenBy({ from: 'cached', freshen: 0 }, 45);
  assert.deepEqual(
    seen.map(({ ages: [one, other] }) => [one, other]),
    [0, 5, 10, 15, 20, 25].map((age) => [age, age]),
  );
});

test('a file holds what was done until it was made, and not who comes after it', () => {
  const seen = chosenBy({ from: 'cached', freshen: 0 }, 15, 7);
  assert.deepEqual(
    seen.map(({ done }) => done),
    [0, 0, 0, 3, 3, 3, 6],
  );
});

test('who was sent somewhere before a report is not counted on top of it', () => {
  const seen = chosenBy({ from: 'cached', freshen: 0 }, 15, 7);
  assert.deepEqual(
    seen.map(({ since }) => since),
    [0, 1, 2, 0, 1, 2, 0],
  );
});

test('after a visitor one secondary is asked anew, if the config wants it', () => {
  const [first, second] = chosenBy({ from: 'cached', freshen: 1, everyMs: 3_600_000 }, 60);
  assert.deepEqual(first?.ages, [0, 0]);
  assert.deepEqual(
    second?.ages.toSorted(),
    [60, 60],
    'he was asked when the first visitor had been answered',
  );
  const [, , third] = chosenBy({ from: 'cached', freshen: 1, everyMs: 3_600_000 }, 60);
  assert.deepEqual(third?.ages.toSorted(), [120, 60], 'the other one is as it was');
});

test('live checks are as old as they may be, and without checks nothing is known', () => {
  const live = chosenBy({ from: 'live', freshnessMs: 60_000 }, 45);
  assert.deepEqual(
    live.map(({ ages }) => ages[0]),
    [0, 45, 0, 45, 0, 45],
  );
  assert.deepEqual(
    chosenBy({ from: 'none' }, 45, 2).map(({ ages }) => ages),
    [
      [undefined, undefined],
      [undefined, undefined],
    ],
  );
});

test('where nobody tells how many visitors are there, rare ones are shared out as many are', () => {
  const checks = { ...plainSettings().checks, from: 'cached', freshen: 0, everyMs: 40_000 } as const;
  const settings = plainSettings({ checks, affinity: false });
  const policyOf = () => makeFrom(policies, { name: 'least-connections', options: {} });
  const { take, end } = startReplay(settings, policyOf, seededDice(1));
  for (let visitor = 0; visitor < 400; visitor += 1) {
    take({ at: FROM + visitor * 60_000, address: `192.0.2.${visitor % 256}`, agent: 'a', target: '/' });
  }
  for (const { visitors } of end().borne) assert.ok(visitors > 150 && visitors < 250, String(visitors));
});

/** Settings whose main page binds nobody. */
const unbound = (changes: Partial<Settings>): Settings => {
  const { policy, delivery } = plainSettings();
  const entrance = { policy, checks: 'cached', delivery, affinity: false } as const;
  return plainSettings({ entrances: new Map([['/', entrance]]), ...changes });
};

test('where nobody is bound, whoever comes again goes on with the session that he has there', () => {
  const started: unknown[] = [];
  const looks: Policy = ([only]) => ({
    pick: (): Candidate => {
      started.push(only.load?.started);
      return only;
    },
  });
  const { checks, secondaries } = plainSettings();
  const settings = unbound({
    checks: { ...checks, everyMs: 10_000 },
    secondaries: secondaries.slice(0, 1).map((one) => ({ ...one, load: { name: 'json', options: {} } })),
  });
  const { take } = startReplay(settings, () => looks, seededDice(1));
  for (let click = 0; click < 40; click += 1)
    take({ at: FROM + click * 1000, address: '192.0.2.1', agent: 'a', target: '/' });
  assert.equal(started.length, 40, 'each of his visits is a new choice');
  assert.equal(started.at(-1), 1);
});

test('who is bound stays so, wherever another way leads him meanwhile, until he was away for as long', () => {
  const picks = [0, 1, 1];
  const inTurn: Policy = (candidates) => ({ pick: () => candidates[picks.shift() ?? NaN] ?? candidates[0] });
  const { take, end } = startReplay(unbound({}), () => inTurn, seededDice(1));
  const targets = ['/bound', '/', '/bound'];
  targets.forEach((target, click) =>
    take({ at: FROM + click * 1000, address: '192.0.2.1', agent: 'a', target }),
  );
  const requests = (): readonly number[] => end().borne.map(({ requests }) => requests);
  assert.deepEqual(requests(), [2, 1]);
  take({ at: FROM + 3_700_000, address: '192.0.2.1', agent: 'a', target: '/bound' });
  assert.deepEqual(requests(), [2, 2]);
});
