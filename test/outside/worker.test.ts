import assert from 'node:assert/strict';
import { existsSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startLoad } from './load.ts';
import { startSecondary } from './secondary.ts';
import { until } from './until.ts';
import { startUsher, type Usher } from './usher.ts';

const EVERY_MS = 300;

const isAlive = (pid: number): boolean => {
  try {
    // A zombie still answers signal 0; its command line is empty.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
};

const start = async (): Promise<{ usher: Usher; ports: number[] }> => {
  const secondaries = [await startSecondary('one'), await startSecondary('two')];
  const ports = secondaries.map(({ port }) => port);
  const usher = await startUsher({
    config: {
      checks: { from: 'cached', every: `${EVERY_MS}ms`, fall: 2, rise: 1, timeout: '1s' },
      policy: 'random',
      secondaries: ports.map((port) => ({ port })),
    },
  });
  return { usher, ports };
};

test('a worker killed a hundred times tears no file that anybody believes, and no visitor sees it', async (t) => {
  const { usher } = await start();
  t.after(usher.stop);
  const files = ['pingfile', 'sitefile'].map((name) => join(usher.folder, 'state', name));
  let seen = 0;
  let pid = (await usher.event('worker-started')).pid;
  await until(() => files.every(existsSync), 10_000);
  const load = startLoad({ port: usher.port, visitors: 2 });
  t.after(load.stop);
  const changes = watch(join(usher.folder, 'state'));
  t.after(() => changes.close());

  for (let n = 0; n < 100; n += 1) {
    // Now just after it came, now while it writes: the folder's next change is where a file is made or renamed.
    const moment = n % 4;
    if (moment !== 0) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      let left = moment;
      const onChange = (): void => {
        left -= 1;
        if (left === 0) resolve(undefined);
      };
      changes.on('change', onChange);
      const soon = setTimeout(resolve, 2 * EVERY_MS, undefined);
      await promise;
      clearTimeout(soon);
      changes.off('change', onChange);
    }
    seen = usher.events.length;
    process.kill(pid, 'SIGKILL');
    for (const file of files) assert.doesNotThrow(() => JSON.parse(readFileSync(file, 'utf8')), file);
    ({ pid } = await usher.event('worker-started', { after: seen, withinMs: 30_000 }));
  }

  await load.stop();
  assert.deepEqual(load.failures, []);
  assert.ok(load.visits() > 1_000, `only ${load.visits()} visits`);
  const refused = usher.events.filter(({ type }) => type === 'files-refused' || type === 'bug');
  assert.deepEqual(refused, []);
  const downs = usher.events.filter((event) => event.type === 'health-changed' && event.to === 'down');
  assert.deepEqual(downs, [], 'a secondary that works was believed down');
});

test('while the worker is frozen the primary asks for itself within three intervals, and says so', async (t) => {
  const { usher, ports } = await start();
  t.after(usher.stop);
  const { pid } = await usher.event('worker-started');
  await until(() => existsSync(join(usher.folder, 'state', 'pingfile')), 10_000);
  const load = startLoad({ port: usher.port, visitors: 1, pauseMs: 10 });
  t.after(load.stop);
  t.after(() => isAlive(pid) && process.kill(pid, 'SIGCONT'));

  const before = usher.events.length;
  const frozenAt = Date.now();
  process.kill(pid, 'SIGSTOP');
  const change = await usher.event('source-changed', { after: before, fits: ({ to }) => to === 'own' });
  const tookMs = Date.now() - frozenAt;
  // Three intervals since the last change of the file, and time for a machine that has other things to do.
  assert.ok(tookMs <= 3 * EVERY_MS + 5_000, `took ${tookMs} ms`);
  assert.match(change.because, /\w+ \w+/);

  const thawedAt = usher.events.length;
  if (isAlive(pid)) process.kill(pid, 'SIGCONT');
  await usher.event('source-changed', { after: thawedAt, fits: ({ to }) => to === 'cached' });
  await load.stop();
  assert.deepEqual(load.failures, []);
  assert.ok(ports.every((port) => load.sentTo(port) > 0));
});

test('while the worker is frozen a secondary that dies is still found', async (t) => {
  const gone = await startSecondary('gone');
  const stays = await startSecondary('stays');
  const usher = await startUsher({
    config: {
      checks: { from: 'cached', every: `${EVERY_MS}ms`, fall: 2, rise: 1, timeout: '1s' },
      secondaries: [
        { id: 'gone', port: gone.port },
        { id: 'stays', port: stays.port },
      ],
    },
  });
  t.after(usher.stop);
  const { pid } = await usher.event('worker-started');
  await until(() => existsSync(join(usher.folder, 'state', 'pingfile')), 10_000);
  process.kill(pid, 'SIGSTOP');
  t.after(() => isAlive(pid) && process.kill(pid, 'SIGCONT'));
  await usher.event('source-changed', { fits: ({ to }) => to === 'own' });
  await gone.down();
  await usher.event('health-changed', { fits: ({ secondary, to }) => secondary === 'gone' && to === 'down' });
});

test('a worker does not outlive its primary, even one that was killed', async () => {
  const { usher } = await start();
  const { pid } = await usher.event('worker-started');
  assert.ok(isAlive(pid));
  usher.signal('SIGKILL');
  await usher.ended;
  await until(() => !isAlive(pid));
  await usher.stop();
});

test('stopping the primary ends its worker first', async () => {
  const { usher } = await start();
  const { pid } = await usher.event('worker-started');
  const { code } = await usher.stop();
  assert.equal(code, 0);
  assert.ok(!isAlive(pid));
});
