import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import type { Event } from '../../src/journal.ts';
import type { PoolSnapshot } from '../../src/model/pool.ts';
import { startFollower } from '../../src/monitor/follower.ts';
import { startMonitor } from '../../src/monitor/monitor.ts';
import { forkWorker, keepWorker } from '../../src/worker/child.ts';
import { askWith, collect, PASS, settingsOf } from '../monitor/pool-settings.ts';
import { makeFolder } from '../stores/folder-for.ts';
import { isAlive, pingfileOf } from './pool-files.ts';

const ENTRY = new URL('child-entry.ts', import.meta.url);

const start = (t: TestContext, files: string, spawnOne = () => forkWorker(ENTRY)) => {
  const events = collect<Event>();
  const settings = settingsOf({ ids: ['web1', 'down1'], stateFolder: files });
  const worker = keepWorker({ settings, spawn: spawnOne, journal: events.add, clock: systemClock() });
  t.after(worker.stop);
  const pidOf = async (nth: number): Promise<number> => {
    await events.first(() => events.values.filter(({ type }) => type === 'worker-started').length >= nth);
    const started = events.values.filter((event) => event.type === 'worker-started')[nth - 1];
    assert.ok(started);
    return started.pid;
  };
  return { worker, events, settings, pidOf };
};

/** Resolves when a process has ended; looks every 10 ms, for it is not our child. */
const gone = async (pid: number): Promise<void> => {
  const end = Date.now() + 10_000;
  while (isAlive(pid)) {
    assert.ok(Date.now() < end, `process ${pid} outlives its parent`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

describe('the kept worker', { concurrency: 4 }, () => {
  it('outlives a system that cannot even begin a process', async (t) => {
    let tries = 0;
    const { events, pidOf } = start(t, makeFolder(), () => {
      tries += 1;
      if (tries === 1) throw Object.assign(new Error('spawn ENOMEM'), { code: 'ENOMEM' });
      return forkWorker(ENTRY);
    });
    await pidOf(1);
    const [ended] = events.values.filter((event) => event.type === 'worker-ended');
    assert.match(ended?.because ?? '', /could not be started: spawn ENOMEM/);
  });

  it('runs as a process of its own, by the settings it is handed, and goes on by others', async (t) => {
    const files = makeFolder();
    const { worker, settings, pidOf, events } = start(t, files);
    assert.notEqual(await pidOf(1), process.pid);
    const { rows } = await pingfileOf(files);
    assert.deepEqual(
      Array.from(rows, ([id, { health }]) => [id, health]),
      [
        ['web1', 'up'],
        ['down1', 'down'],
      ],
    );
    worker.update({ ...settings, secondaries: settingsOf({ ids: ['web7'] }).secondaries });
    await pingfileOf(files, (file) => file.rows.has('web7') && !file.rows.has('web1'));
    assert.ok(
      !events.values.some(({ type }) => type === 'health-changed'),
      'that is told by who reads the files',
    );
  });

  it('is started again when it is killed', async (t) => {
    const files = makeFolder();
    const { events, pidOf } = start(t, files);
    const first = await pidOf(1);
    const { epoch } = await pingfileOf(files);
    process.kill(first, 'SIGKILL');
    const ended = await events.first(({ type }) => type === 'worker-ended');
    assert.deepEqual(ended, { type: 'worker-ended', because: 'killed by SIGKILL', againInMs: 250 });
    assert.notEqual(await pidOf(2), first);
    await pingfileOf(files, (file) => file.epoch !== epoch);
  });

  it('waits twice as long each time when it fails at once', async (t) => {
    const { events } = start(t, makeFolder(), () =>
      spawn(process.execPath, ['-e', 'process.exit(3)'], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] }),
    );
    await events.first((event) => event.type === 'worker-ended' && event.againInMs === 400);
    const ends = events.values.filter((event) => event.type === 'worker-ended');
    assert.deepEqual(
      ends.map(({ because, againInMs }) => [because, againInMs]),
      [
        ['exit code 3', 100],
        ['exit code 3', 200],
        ['exit code 3', 400],
      ],
    );
  });

  it('says so when the program cannot be started', async (t) => {
    const { events, worker } = start(t, makeFolder(), () => spawn('/nowhere/usher'));
    const ended = await events.first(({ type }) => type === 'worker-ended');
    assert.ok(ended.type === 'worker-ended');
    assert.match(ended.because, /^it could not be started: .*ENOENT/);
    await worker.stop();
  });

  it('says in a sentence why it cannot write', async (t) => {
    const files = join(makeFolder(), 'state');
    writeFileSync(files, '');
    const { events } = start(t, files);
    const ended = await events.first(({ type }) => type === 'worker-ended');
    assert.ok(ended.type === 'worker-ended');
    assert.match(
      ended.because,
      /^The worker cannot write pingfile and sitefile into .*\. Name a folder under /,
    );
  });

  it('tells its events through the primary, and whatever else it prints as a bug', async (t) => {
    const lines = `console.log(JSON.stringify({ at: 'x', type: 'held', because: 'test' })); console.log('oh no')`;
    const { events } = start(t, makeFolder(), () =>
      spawn(process.execPath, ['-e', lines], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] }),
    );
    await events.first(({ type }) => type === 'bug');
    assert.ok(
      events.values.some((event) => event.type === 'held' && event.because === 'test' && !('at' in event)),
    );
    assert.ok(events.values.some((event) => event.type === 'bug' && event.error === 'oh no'));
  });

  it('leaves Ctrl-C to the primary', async (t) => {
    const files = makeFolder();
    const { pidOf } = start(t, files);
    const pid = await pidOf(1);
    const { seq, epoch } = await pingfileOf(files);
    process.kill(pid, 'SIGINT');
    process.kill(pid, 'SIGHUP');
    await pingfileOf(files, (file) => file.seq > seq + 2 && file.epoch === epoch);
    assert.ok(isAlive(pid));
  });

  it('ends when it is told to, and is not started again', async (t) => {
    const files = makeFolder();
    const { worker, events, pidOf } = start(t, files);
    const pid = await pidOf(1);
    await pingfileOf(files);
    await worker.stop();
    assert.ok(!isAlive(pid));
    assert.ok(!events.values.some(({ type }) => type === 'worker-ended'));
  });

  it('is killed after two seconds when it does not end', async (t) => {
    const files = makeFolder();
    const { worker, pidOf } = start(t, files);
    const pid = await pidOf(1);
    await pingfileOf(files);
    process.kill(pid, 'SIGSTOP');
    await worker.stop();
    assert.ok(!isAlive(pid));
  });

  it('does not outlive a primary that was killed', async (t) => {
    const parent = spawn(
      process.execPath,
      [new URL('parent-entry.ts', import.meta.url).pathname, makeFolder()],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    t.after(() => parent.kill('SIGKILL'));
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
    const started = JSON.parse(line) as Event;
    assert.ok(started.type === 'worker-started' && isAlive(started.pid));
    parent.kill('SIGKILL');
    await gone(started.pid);
  });

  it('is stood in for within three intervals while it is frozen, and taken back when it thaws', async (t) => {
    const files = makeFolder();
    const { pidOf, settings } = start(t, files);
    const pid = await pidOf(1);
    const events = collect<Event>();
    const published = collect<PoolSnapshot>();
    const follower = startFollower({
      settings,
      clock: systemClock(),
      journal: events.add,
      publish: published.add,
      startOwn: (current, given) =>
        startMonitor({ ...askWith(async () => PASS), ...given, settings: current, source: 'own' }),
    });
    t.after(follower.stop);
    await published.first(
      ({ source, standings }) => source === 'cached' && standings.get('web1')?.verdict.health === 'up',
    );
    const told = events.values.length;
    process.kill(pid, 'SIGSTOP');
    const sourceIs = (to: string) =>
      events.first(
        (event) => event.type === 'source-changed' && event.to === to && events.values.indexOf(event) >= told,
      );
    await sourceIs('own');
    await published.first(
      ({ source, standings }) => source === 'own' && standings.get('down1')?.verdict.health === 'up',
    );
    process.kill(pid, 'SIGCONT');
    await sourceIs('cached');
    await published.first(
      ({ seq, source, standings }) =>
        seq > (published.values.find((each) => each.source === 'own')?.seq ?? Infinity) &&
        source === 'cached' &&
        standings.get('down1')?.verdict.health === 'down',
    );
  });
});
