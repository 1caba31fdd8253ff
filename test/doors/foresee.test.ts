import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NotedDecision } from '../../src/dispatch/diary/decisions.ts';
import { foresee } from '../../src/doors/why/foresee.ts';
import { nothingKnown } from '../../src/model/pool.ts';
import { secondary, settingsFor } from '../dashboard/pretend.ts';

const VISITS = 400;
const [a, b, c] = [secondary('a'), secondary('b'), secondary('c')];

const decided = (number: number, more: Partial<NotedDecision>): NotedDecision => ({
  ...{ number, at: 1000 + number * 10, kind: 'chosen', slot: 0, way: 0, edition: 1, whose: 0 },
  ...{ source: 'none', snapshotSeq: 0, snapshotAt: 0, rosterAt: 0, ticket: number, avoid: [], dice: [] },
  ...more,
});

/** What becomes of these visits when the list of two gets a third one. */
const foreseen = ({
  policy,
  then = policy,
  noted,
}: {
  policy: string;
  then?: string;
  noted: (number: number) => Partial<NotedDecision>;
}) => {
  const named = (name: string) => ({
    name,
    options: name === 'hash' ? { by: 'subnet', cookie: 'x' } : name === 'nearest' ? { learn: 0 } : {},
  });
  const settings = settingsFor([a, b]);
  const checks = { ...settings.checks, from: 'none' } as const;
  return foresee({
    before: { ...settings, checks, policy: named(policy) },
    after: { ...settings, checks, secondaries: [c, a, b], policy: named(then) },
    pool: nothingKnown('none'),
    decisions: {
      next: () => VISITS,
      read: (number) => (number < 0 ? undefined : decided(number, noted(number))),
    },
    slots: new Map([
      ['a', 7],
      ['b', 3],
    ]),
    boundTo: () => 0,
    clock: { now: () => 5000, wall: () => 5000 },
  });
};

const shareOf = ({ shares }: ReturnType<typeof foreseen>, id: string) => shares.find((one) => one.id === id);

test('an edit under hash is tried with the networks that came', () => {
  const one = foreseen({ policy: 'hash', noted: () => ({ print: 123_456_789 }) });
  assert.equal(one.guessed, 0);
  assert.deepEqual(
    one.shares.map(({ before }) => before ?? 0).sort(),
    [0, 0, 1],
    'they were one network, and it goes to one secondary',
  );
  assert.ok(one.shares.some(({ after }) => after === 1));
});

test('an edit under nearest is tried with what the networks had measured', () => {
  const near = [
    { slot: 7, ms: 90 },
    { slot: 3, ms: 5 },
  ];
  const seen = foreseen({ policy: 'nearest', noted: () => ({ near }) });
  assert.equal(seen.guessed, 0);
  assert.equal(shareOf(seen, 'b')?.before, 1);
  assert.equal(shareOf(seen, 'b')?.after, 1, 'the newcomer in front of the list does not take its place');
});

test('of the bound visitors only those count as moving who could stay before', () => {
  const settings = settingsFor([{ ...a, state: 'maintenance' }, b, c]);
  const moving = (after: typeof settings.secondaries) => {
    const sources = { slots: new Map(), clock: { now: () => 5000, wall: () => 5000 }, boundTo: () => 5 };
    const told = foresee({
      ...{ ...sources, before: settings, after: { ...settings, secondaries: after } },
      ...{ pool: nothingKnown('none'), decisions: { next: () => 0, read: () => undefined } },
    });
    return [told.bound, told.moving];
  };
  const out = { ...a, state: 'maintenance' } as const;
  assert.deepEqual(moving([out, { ...b, weight: 3 }, c]), [15, 0], 'nobody moves for a weight');
  assert.deepEqual(moving([out, b]), [15, 5]);
  assert.deepEqual(moving([b, c]), [15, 0], 'those of one who is out already went before');
});

test('it says of how many visits the policy would go by what nobody kept', () => {
  const noted = () => ({});
  assert.equal(foreseen({ policy: 'round-robin', noted }).guessed, 0);
  assert.equal(foreseen({ policy: 'round-robin', then: 'hash', noted }).guessed, VISITS);
  const half = (number: number) => ({ print: number * 7919, way: number % 2 });
  assert.equal(foreseen({ policy: 'hash', noted: half }).guessed, VISITS / 2);
});
