import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Server } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { shareOut } from '../../../src/doors/public/share-out.ts';
import { allocateTurnout, openTurnout, type Turnout } from '../../../src/doors/public/turnout.ts';

/** Lets all that was begun in this turn of the event loop come to its end, as Node does before the next visitor. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A server that listens; as Node's, it lets nobody in beyond its `maxConnections`, and tells of everybody. */
class Door extends EventEmitter {
  open = 0;
  maxConnections = 0;
  dropped = 0;
  getConnections(tell: (error: Error | null, count: number) => void) {
    process.nextTick(tell, null, this.open);
    return this;
  }
  async come(count: number) {
    for (let nth = 0; nth < count; nth += 1) {
      const isLetIn = this.open < this.maxConnections;
      if (isLetIn) this.open += 1;
      else this.dropped += 1;
      this.emit(isLetIn ? 'connection' : 'drop');
      await settled();
    }
  }
  go(count: number) {
    this.open = Math.max(0, this.open - count);
  }
}

const doorsOf = (count: number) => Array.from({ length: count }, () => new Door());

const asServers = (doors: readonly Door[]) => doors as unknown as readonly Server[];

const ways = fc.oneof(
  { weight: 3, arbitrary: fc.constant('share' as const) },
  { weight: 3, arbitrary: fc.constant('come' as const) },
  fc.constant('go' as const),
  fc.constant('die' as const),
);

test('never are more connections let in than may be, however visitors come between shares, and threads die', async () => {
  const step = fc.record({ way: ways, thread: fc.nat(3), listener: fc.nat(2), count: fc.nat(100) });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 12, max: 300 }),
      fc.array(step, { maxLength: 40 }),
      async (threads, listeners, most, steps) => {
        const turnout = openTurnout(allocateTurnout(threads));
        const open = (thread: number) => {
          const doors = doorsOf(listeners);
          return {
            doors,
            share: shareOut(asServers(doors), { most: () => most, turnout, thread, threads }, 100),
          };
        };
        const all = Array.from({ length: threads }, (_, thread) => open(thread));
        for (const { share } of all) await share();
        for (const { way, count, ...at } of steps) {
          const thread = at.thread % threads;
          const door = all[thread]?.doors[at.listener % listeners];
          if (way === 'share') await all[thread]?.share();
          else if (way === 'die') {
            turnout.leave(thread);
            all[thread] = open(thread);
          } else await door?.[way](count);
          const doors = all.flatMap((one) => one.doors);
          const promised = doors.reduce((sum, { maxConnections }) => sum + maxConnections, 0);
          assert.ok(promised <= most, `${promised} of ${most}`);
          assert.ok(doors.every((each) => each.open <= each.maxConnections && each.maxConnections <= 100));
        }
      },
    ),
  );
});

test('who come all at once to one listener of one thread get nine places of ten, and nobody is turned away before', async () => {
  for (const { threads, listeners, most } of [
    { threads: 2, listeners: 2, most: 943 },
    { threads: 8, listeners: 3, most: 943 },
    { threads: 1, listeners: 2, most: 100 },
  ]) {
    const turnout = openTurnout(allocateTurnout(threads));
    const all = Array.from({ length: threads }, () => doorsOf(listeners));
    for (const [thread, doors] of all.entries())
      await shareOut(asServers(doors), { most: () => most, turnout, thread, threads }, 25_000)();
    const busy = all[0]?.at(-1) ?? assert.fail();
    await busy.come(Math.floor(0.9 * most));
    assert.equal(busy.dropped, 0);
  }
});

test('what one thread does not need another one gets', async () => {
  const turnout = openTurnout(allocateTurnout(2));
  const [busy, calm] = [new Door(), new Door()];
  const shares = [busy, calm].map((door, thread) =>
    shareOut(asServers([door]), { most: () => 1000, turnout, thread, threads: 2 }, 25_000),
  );
  const share = async () => {
    for (const each of shares) await each();
  };
  await share();
  assert.deepEqual([busy.maxConnections, calm.maxConnections], [32, 32]);
  await calm.come(100);
  await busy.come(1000);
  await share();
  assert.equal(turnout.total(), busy.open + 100);
  await busy.come(1000);
  assert.deepEqual([busy.open, calm.open], [899, 100], 'the last place stays where nobody came');
  busy.go(500);
  await share();
  await calm.come(1000);
  await share();
  await calm.come(1000);
  assert.deepEqual([busy.open, calm.open], [399, 600]);
});

test('who is turned away has it looked anew: what others gave back meanwhile is there for the next one', async () => {
  const turnout = openTurnout(allocateTurnout(2));
  turnout.promise(1, 100, 100);
  const door = new Door();
  await shareOut(asServers([door]), { most: () => 100, turnout, thread: 0, threads: 2 }, 25_000)();
  await door.come(1);
  turnout.promise(1, 0, 100);
  await door.come(2);
  assert.deepEqual([door.dropped, door.open], [2, 1]);
});

test('who comes when two threads have just wanted more at once, and neither got it, is let in all the same', async () => {
  const memory = openTurnout(allocateTurnout(2));
  let asked = 0;
  const promise: Turnout['promise'] = (thread, wanted, most) => {
    asked += 1;
    // The other one said what it wanted, and has not looked yet.
    const isCrossed = asked % 2 === 0;
    if (isCrossed) memory.promise(1, most, most);
    const got = memory.promise(thread, wanted, most);
    if (isCrossed) memory.promise(1, 0, most);
    return got;
  };
  const door = new Door();
  const turnout = { ...memory, promise };
  await shareOut(asServers([door]), { most: () => 1000, turnout, thread: 0, threads: 2 }, 25_000)();
  await door.come(900);
  assert.equal(door.dropped, 0);
});

test('where a reload leaves fewer connections, no more than those come, and where it leaves more, they do', async () => {
  const turnout = openTurnout(allocateTurnout(2));
  const doors = [new Door(), new Door()];
  let most = 100;
  const shares = doors.map((door, thread) =>
    shareOut(asServers([door]), { most: () => most, turnout, thread, threads: 2 }, 25_000),
  );
  const share = async () => {
    for (const each of shares) await each();
  };
  const open = () => doors.reduce((sum, door) => sum + door.open, 0);
  const come = async () => {
    await share();
    for (const door of doors) await door.come(30);
  };
  await come();
  assert.equal(open(), 60);
  most = 40;
  await come();
  assert.equal(open(), 60, 'who is there stays');
  for (const door of doors) door.go(20);
  await come();
  assert.equal(open(), 40);
  most = 80;
  await come();
  assert.equal(open(), 79, 'the last place is kept for who comes to the other one');
});

test('where all are open nobody new comes, and a listener takes no more than it bears', async () => {
  for (const { most, open } of [
    { most: 30, open: [30, 0] },
    { most: 1000, open: [300, 300] },
  ]) {
    const shared = { most: () => most, turnout: openTurnout(allocateTurnout(1)), thread: 0, threads: 1 };
    const [full, idle] = [new Door(), new Door()];
    const share = shareOut(asServers([full, idle]), shared, 300);
    await share();
    await full.come(400);
    await idle.come(400);
    await share();
    assert.deepEqual([full.open, idle.open], open);
    assert.deepEqual([full.maxConnections, idle.maxConnections], open);
  }
});

test('a thread is promised nothing that its listeners may not take', async () => {
  const turnout = openTurnout(allocateTurnout(2));
  const door = new Door();
  const share = shareOut(asServers([door]), { most: () => 1000, turnout, thread: 0, threads: 2 }, 10);
  await share();
  await door.come(20);
  await share();
  assert.deepEqual([door.open, door.maxConnections], [10, 10]);
  assert.equal(turnout.promise(1, 1000, 1000), 990);
});

test('listeners where nobody came yet have the same, and all that is promised', async () => {
  const turnout = openTurnout(allocateTurnout(2));
  const doors = doorsOf(3);
  await shareOut(asServers(doors), { most: () => 960, turnout, thread: 0, threads: 2 }, 25_000)();
  assert.deepEqual(
    doors.map(({ maxConnections }) => maxConnections),
    [10, 10, 10],
  );
  assert.equal(turnout.promise(1, 960, 960), 930);
});
