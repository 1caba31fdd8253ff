import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startLoad } from './load.ts';
import { startSecondary } from './secondary.ts';
import { until } from './until.ts';
import { startUsher } from './usher.ts';

const EVERY_MS = 300;

/** A secondary that can stop answering without going away: its port goes on taking connections. */
const startMute = async (t: TestContext) => {
  let isMute = false;
  const server: Server = createServer((_, response) => {
    if (!isMute) response.end('here');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const fall = (): void => {
    isMute = true;
  };
  return { port: (server.address() as AddressInfo).port, fall };
};

/** What a pingfile says of a secondary. */
const healthIn = (pingfile: string, id: string): string | undefined => {
  const { secondaries } = JSON.parse(readFileSync(pingfile, 'utf8')) as {
    readonly secondaries: Readonly<Record<string, { readonly health: string }>>;
  };
  return secondaries[id]?.health;
};

/**
 * The worker is frozen, so the primary asks for itself. A secondary falls: the primary finds out, the worker cannot. When
 * the worker goes on, its first files still say what it believed before it was frozen.
 */
const thawAfterFall = async (
  t: TestContext,
  dead: { readonly port: number; readonly fall: () => unknown },
) => {
  const stays = await startSecondary('stays');
  const usher = await startUsher({
    config: {
      checks: { from: 'cached', every: `${EVERY_MS}ms`, fall: 2, rise: 1, timeout: '1500ms' },
      policy: 'random',
      secondaries: [
        { id: 'dead', port: dead.port },
        { id: 'stays', port: stays.port, timeout: '20s' }, // also where the machine is slow
      ],
    },
  });
  t.after(usher.stop);
  const { pid } = await usher.event('worker-started');
  const turn = (id: string, to: string, after = 0) =>
    usher.event('health-changed', {
      after,
      fits: ({ secondary, to: health }) => secondary === id && health === to,
    });
  await Promise.all([turn('dead', 'up'), turn('stays', 'up')]);
  process.kill(pid, 'SIGSTOP');
  t.after(() => {
    try {
      process.kill(pid, 'SIGCONT');
    } catch {
      // gone with its primary
    }
  });
  await usher.event('source-changed', { fits: (event) => event.to === 'own' });
  await dead.fall();
  const fallen = await turn('dead', 'down');
  assert.equal(fallen.from, 'up', 'what the files told stands until somebody was heard');
  const load = startLoad({ port: usher.port, visitors: 1, pauseMs: 5 });
  t.after(load.stop);
  // the thread that answers hears of the fall a moment after this process does
  await until(() => load.visits() > 50, 30_000);
  const sentBefore = load.sentTo(dead.port);

  const thawedAt = usher.events.length;
  process.kill(pid, 'SIGCONT');
  await usher.event('source-changed', { after: thawedAt, fits: (event) => event.to === 'cached' });
  const visits = load.visits();
  // Until the worker has found out by itself, and has written it.
  await until(() => healthIn(join(usher.folder, 'state', 'pingfile'), 'dead') === 'down', 30_000);
  await until(() => load.visits() > visits + 50, 30_000);
  await load.stop();
  assert.deepEqual(load.failures, []);
  assert.equal(load.sentTo(dead.port) - sentBefore, 0, 'visitors were sent to the dead one');
  const raised = usher.events.slice(thawedAt).filter(({ type }) => type === 'health-changed');
  assert.deepEqual(raised, []);
};

test('a worker that thaws raises no secondary from the dead that refuses meanwhile', async (t) => {
  const gone = await startSecondary('gone');
  await thawAfterFall(t, { port: gone.port, fall: gone.down });
});

test('a worker that thaws raises no secondary from the dead that hangs meanwhile', async (t) => {
  await thawAfterFall(t, await startMute(t));
});
