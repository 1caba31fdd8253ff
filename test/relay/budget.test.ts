import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkOf } from '../../src/model/network.ts';
import { allocateBudget, openBudget, type Budget, type Passage } from '../../src/relay/budget.ts';

const ours = networkOf('203.0.113.7');
const MB = 1e6;
const HOUR_MS = 3_600_000;

interface Wishes {
  readonly connections?: number;
  readonly bytesPerHour?: number;
  readonly threads?: number;
}

/** The budget as each of the threads sees it, and a clock that stands still unless it is moved. */
const budgetOf = ({ connections = 100, bytesPerHour = 1e12, threads = 1 }: Wishes) => {
  const time = { ms: 5 * HOUR_MS };
  const memory = allocateBudget(threads);
  const clock = { now: () => time.ms };
  const open = (thread: number): Budget => {
    const budget = openBudget({ memory, thread, clock });
    budget.limit({ connections, bytesPerHour });
    return budget;
  };
  return { time, open, budgets: Array.from({ length: threads }, (_, thread) => open(thread)) };
};

const isHere = (): boolean => false;

/** One after the other, from the beginning again. */
const inTurn = (budgets: readonly Budget[], nth: number): Budget => {
  const budget = budgets[nth % budgets.length];
  assert.ok(budget !== undefined);
  return budget;
};

/** How many of one network get a place of those who come at once; who has to wait gives up when time has passed. */
const placesFor = async (
  budgets: readonly Budget[],
  {
    network,
    visitors,
    time,
  }: { readonly network: number; readonly visitors: number; readonly time: { ms: number } },
): Promise<readonly Passage[]> => {
  const begun = Array.from({ length: visitors }, (_, nth) => inTurn(budgets, nth).begin(network, isHere));
  time.ms += 2001;
  return (await Promise.all(begun)).filter((each) => each !== undefined);
};

for (const threads of [1, 4]) {
  test(`one network has a quarter of the places and leaves the others to the others, in ${String(threads)} threads`, async () => {
    const { budgets, time } = budgetOf({ threads });
    const taken = await placesFor(budgets, { network: ours, visitors: 100, time });
    assert.equal(taken.length, 25);
    const strangers = await placesFor(budgets, { network: networkOf('198.51.100.1'), visitors: 1, time });
    assert.equal(strangers.length, 1);
    taken[0]?.end();
    assert.equal((await placesFor(budgets, { network: ours, visitors: 2, time })).length, 1);
  });
}

test('of few places one network has two, and all together no more than there are, whatever thread they come to', async () => {
  const { budgets, time } = budgetOf({ connections: 3, threads: 2 });
  assert.equal((await placesFor(budgets, { network: ours, visitors: 3, time })).length, 2);
  let others = 0;
  for (const address of ['198.51.100.1', '192.0.2.1']) {
    others += (await placesFor(budgets, { network: networkOf(address), visitors: 1, time })).length;
  }
  assert.equal(others, 1);
});

test('who finds no place waits for one, and whoever came first gets it first', async () => {
  const {
    budgets: [first, second],
  } = budgetOf({ connections: 2, threads: 2 });
  assert.ok(first !== undefined && second !== undefined);
  const [one, two] = await Promise.all([first.begin(ours, isHere), second.begin(ours, isHere)]);
  const order: string[] = [];
  const waiting = ['a', 'b', 'c'].map(async (name) => {
    const passage = await first.begin(ours, isHere);
    order.push(name);
    return passage;
  });
  one?.end();
  await waiting[0];
  assert.deepEqual(order, ['a']);
  // in another thread, which nobody tells
  two?.end();
  (await waiting[1])?.end();
  assert.notEqual(await waiting[2], undefined);
  assert.deepEqual(order, ['a', 'b', 'c']);
});

test('who waits and leaves takes no place', async () => {
  const { budgets, time } = budgetOf({ connections: 1 });
  const [budget] = budgets;
  const held = await budget?.begin(ours, isHere);
  const left = budget?.begin(ours, () => true);
  held?.end();
  assert.equal(await left, undefined);
  assert.equal((await placesFor(budgets, { network: ours, visitors: 1, time })).length, 1);
});

test('places that a thread had when it died are free again', async () => {
  const { budgets, time, open } = budgetOf({ connections: 8, threads: 2 });
  assert.equal((await placesFor(budgets.slice(1), { network: ours, visitors: 9, time })).length, 2);
  assert.equal((await placesFor([open(1)], { network: ours, visitors: 9, time })).length, 2);
});

/** Somebody who takes all that he gets, at a hundred chunks a second. */
interface Greedy {
  readonly passage: Passage;
  at: number;
}

test('whatever the hour, no more is carried than the budget says, with a hundred under way, and nobody is kept waiting for long', async () => {
  const most = 500 * MB;
  const { budgets, time } = budgetOf({ threads: 4, bytesPerHour: most });
  const begun = await Promise.all(
    Array.from({ length: 100 }, (_, nth) => inTurn(budgets, nth).begin(nth % 25, isHere)),
  );
  const greedy: Greedy[] = begun.map((passage) => {
    assert.ok(passage !== undefined);
    return { passage, at: time.ms };
  });
  const start = time.ms;
  let longestMs = 0;
  const went: { readonly at: number; readonly bytes: number }[] = [];
  while (time.ms < start + 2.5 * HOUR_MS) {
    const next = greedy.reduce((soonest, each) => (each.at < soonest.at ? each : soonest));
    time.ms = Math.max(time.ms, next.at);
    const { bytes, waitMs } = next.passage.take(65_536);
    longestMs = Math.max(longestMs, waitMs);
    next.at = time.ms + waitMs + 10;
    went.push({ at: time.ms + waitMs, bytes });
  }
  const perMinute = new Map<number, number>();
  for (const { at, bytes } of went) {
    const minute = Math.floor((at - start) / 60_000);
    perMinute.set(minute, (perMinute.get(minute) ?? 0) + bytes);
  }
  for (let minute = 0; minute <= 90; minute += 1) {
    let hour = 0;
    for (let of = minute; of < minute + 60; of += 1) hour += perMinute.get(of) ?? 0;
    assert.ok(hour <= most, `from minute ${String(minute)} on ${String(hour)}`);
    assert.ok(hour >= most * 0.45, `from minute ${String(minute)} on ${String(hour)}`);
  }
  assert.ok(longestMs <= 10_000, String(longestMs));
  assert.equal(await budgets[0]?.begin(ours, isHere), undefined, 'nobody new begins');
  for (const { passage } of greedy) passage.end();
  time.ms += 10_000;
  assert.notEqual(await budgets[0]?.begin(ours, isHere), undefined, 'ten seconds after all have ended');
});

test('of the smallest budget everybody under way gets a little now and then', async () => {
  const { budgets } = budgetOf({ bytesPerHour: MB });
  const passages = await Promise.all(
    Array.from({ length: 100 }, (_, nth) => inTurn(budgets, nth).begin(nth, isHere)),
  );
  passages[0]?.take(MB);
  const portions = passages.map((each) => each?.take(65_536));
  assert.ok(portions.every((each) => each !== undefined && each.bytes >= 1 && each.waitMs <= 10_000));
});
