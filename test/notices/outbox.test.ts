import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Entry } from '../../src/journal.ts';
import { createOutbox, MOST_IN_ONE, MOST_WAITING, type Notice } from '../../src/notices/outbox.ts';

const entry = (n: number): Entry => ({
  at: '2026-01-01T00:00:00.000Z',
  type: 'secondary-added',
  secondary: `web${n}`,
});

/** An outbox in a time of its own, and what it tells; `answers` says why each notice is refused, in turn. */
const pretend = (t: TestContext, answers: readonly (string | undefined)[] = []) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let nowMs = 0;
  const told: { atMs: number; notice: Notice }[] = [];
  const tellings: string[] = [];
  const outbox = createOutbox({
    tell: async (notice) => {
      told.push({ atMs: nowMs, notice });
      return answers[told.length - 1];
    },
    clock: { now: () => nowMs },
    failing: (because) => tellings.push(`failing: ${because}`),
    working: (lost) => tellings.push(`working, ${lost} lost`),
  });
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 500) {
      nowMs += 500;
      t.mock.timers.tick(500);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { outbox, told, tellings, pass };
};

test('a first event is told at once, those of the next second together', async (t) => {
  const { outbox, told, pass } = pretend(t);
  outbox.put(entry(1));
  await pass(500);
  outbox.put(entry(2));
  outbox.put(entry(3));
  await pass(2000);
  assert.deepEqual(
    told.map(({ notice }) => notice.entries.length),
    [1, 2],
  );
});

test('what is refused is told again with growing waits, and only the first refusal and the end of it are journaled', async (t) => {
  const { outbox, told, tellings, pass } = pretend(t, ['HTTP 500', 'HTTP 500', 'HTTP 500']);
  outbox.put(entry(1));
  await pass(10_000);
  assert.deepEqual(
    told.map(({ atMs }) => atMs),
    [500, 1500, 3500, 7500],
  );
  assert.ok(told.every(({ notice }) => notice.entries[0]?.at === entry(1).at && notice.lost === 0));
  assert.deepEqual(tellings, ['failing: HTTP 500', 'working, 0 lost']);
});

test('no more than 200 events wait; the oldest are given up, and their number is told', async (t) => {
  const { outbox, told, tellings, pass } = pretend(t, ['refused']);
  for (let n = 0; n < MOST_WAITING + 30; n += 1) outbox.put(entry(n));
  await pass(10_000);
  const got = told.slice(1).flatMap(({ notice }) => notice.entries);
  assert.equal(got.length, MOST_WAITING);
  assert.ok(told.every(({ notice }) => notice.entries.length <= MOST_IN_ONE));
  assert.deepEqual(got.at(-1), entry(MOST_WAITING + 29));
  assert.equal(told[1]?.notice.lost, 30);
  assert.equal(told[2]?.notice.lost, 0);
  assert.deepEqual(tellings, ['failing: refused', 'working, 30 lost']);
});

test('a notice that is refused for ever does not keep the next ones', async (t) => {
  const { outbox, told, pass } = pretend(t, Array<string>(12).fill('HTTP 400'));
  outbox.put(entry(1));
  await pass(3_600_000 / 2);
  assert.equal(told.length, 12);
  outbox.put(entry(2));
  await pass(300_500);
  assert.deepEqual(told.at(-1)?.notice, { entries: [entry(2)], lost: 1 });
});

test('at the end what waits is told without a rest', async (t) => {
  const { outbox, told, pass } = pretend(t);
  outbox.put(entry(0));
  await pass(500);
  for (let n = 1; n <= 3 * MOST_IN_ONE; n += 1) outbox.put(entry(n));
  const ended = outbox.close(2000);
  await pass(3000);
  assert.deepEqual(
    told.map(({ notice }) => notice.entries.length),
    [1, MOST_IN_ONE, MOST_IN_ONE, MOST_IN_ONE],
  );
  assert.equal(await ended, 0);
});

test('who does not listen is not waited for at the end, and how many events he was not told is known', async (t) => {
  const { outbox, told, pass } = pretend(t, ['refused']);
  for (let n = 0; n < MOST_WAITING + 30; n += 1) outbox.put(entry(n));
  await pass(500);
  assert.equal(await outbox.close(2000), MOST_WAITING + 30);
  assert.equal(told.length, 1);
});
