import assert from 'node:assert/strict';
import type { Server } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { shareOut } from '../../../src/doors/public/share-out.ts';
import { allocateTurnout, openTurnout } from '../../../src/doors/public/turnout.ts';

/** A server with so many connections; as Node's, it lets nobody in beyond its `maxConnections`. */
const having = (open: number) => {
  const server = {
    open,
    maxConnections: 0,
    getConnections: (tell: (error: Error | null, count: number) => void) => {
      tell(null, server.open);
      return server as unknown as Server;
    },
    come: (count: number) => {
      server.open = Math.max(server.open, Math.min(server.maxConnections, server.open + count));
    },
    go: (count: number) => {
      server.open = Math.max(0, server.open - count);
    },
  };
  return server;
};

type Fake = ReturnType<typeof having>;

const asServers = (servers: readonly Fake[]) => servers as unknown as readonly Server[];

const ways = fc.oneof(
  { weight: 3, arbitrary: fc.constant('share' as const) },
  { weight: 3, arbitrary: fc.constant('come' as const) },
  fc.constant('go' as const),
  fc.constant('die' as const),
);

test('never are more connections let in than may be, however visitors come between shares, and threads die', async () => {
  const step = fc.record({ way: ways, thread: fc.nat(3), listener: fc.nat(2), count: fc.nat(400) });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 12, max: 1000 }),
      fc.array(step, { maxLength: 60 }),
      async (threads, listeners, most, steps) => {
        const turnout = openTurnout(allocateTurnout(threads));
        const emptyThread = () => Array.from({ length: listeners }, () => having(0));
        const doors = Array.from({ length: threads }, emptyThread);
        const shareOf = (thread: number) =>
          shareOut(asServers(doors[thread] ?? []), { most, turnout, thread, threads }, 300);
        for (let thread = 0; thread < threads; thread += 1) await shareOf(thread);
        for (const { way, count, ...at } of steps) {
          const thread = at.thread % threads;
          const server = doors[thread]?.[at.listener % listeners];
          if (way === 'share') await shareOf(thread);
          else if (way === 'die') {
            doors[thread] = emptyThread();
            turnout.leave(thread);
          } else server?.[way](count);
          const all = doors.flat();
          const promised = all.reduce((sum, { maxConnections }) => sum + maxConnections, 0);
          assert.ok(promised <= most, `${promised} of ${most}`);
          assert.ok(all.every(({ open, maxConnections }) => open <= maxConnections && maxConnections <= 300));
        }
      },
    ),
  );
});

test('what one thread does not need another one gets: who has many visitors has no less left than who has few', async () => {
  const turnout = openTurnout(allocateTurnout(2));
  const [busy, calm] = [having(0), having(0)];
  const share = async () => {
    for (const [thread, server] of [busy, calm].entries())
      await shareOut(asServers([server]), { most: 1000, turnout, thread, threads: 2 }, 25_000);
  };
  await share();
  assert.deepEqual([busy.maxConnections, calm.maxConnections], [500, 500]);
  busy.come(500);
  calm.come(100);
  await share();
  await share();
  assert.equal(turnout.total(), 600);
  assert.deepEqual([busy.maxConnections, calm.maxConnections], [700, 300]);
  for (let round = 0; round < 20; round += 1) {
    busy.come(1000);
    await share();
  }
  assert.deepEqual([busy.open, calm.open], [899, 100], 'the last place stays where nobody came');
});

test('where all are open nobody new comes, and a listener takes no more than it bears', async () => {
  const shared = { turnout: openTurnout(allocateTurnout(1)), thread: 0, threads: 1 };
  const [full, idle] = [having(0), having(0)];
  const share = (most: number) => shareOut(asServers([full, idle]), { ...shared, most }, 300);
  await share(30);
  full.come(40);
  await share(30);
  full.come(40);
  idle.come(40);
  await share(30);
  assert.equal(full.open + idle.open, 30);
  assert.deepEqual([full.maxConnections, idle.maxConnections], [full.open, idle.open]);
  await share(1000);
  assert.deepEqual([full.maxConnections, idle.maxConnections], [300, 300]);
});
