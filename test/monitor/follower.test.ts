import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import type { ChecksSettings } from '../../src/config/settings.ts';
import type { Event } from '../../src/journal.ts';
import type { PoolSnapshot } from '../../src/model/pool.ts';
import { startFollower } from '../../src/monitor/follower.ts';
import { startMonitor, type MonitorSettings } from '../../src/monitor/monitor.ts';
import { askWith, collect, FAIL, healths, PASS, settingsOf } from './pool-settings.ts';
import { makeFolder } from '../stores/folder-for.ts';

/** How a pingfile says it of each. */
type Healths = Readonly<Record<string, 'up' | 'down'>>;

/** Writes a file as a good writer does: beside it, then renamed. */
const put = (folder: string, name: string, text: string): void => {
  const draft = join(folder, `.${name}`);
  writeFileSync(draft, text);
  renameSync(draft, join(folder, name));
};

const pingText = (seq: number, healthOf: Healths, head: object = {}): string =>
  JSON.stringify({
    seq,
    ...head,
    secondaries: Object.fromEntries(Object.entries(healthOf).map(([id, health]) => [id, { health }])),
  });

const start = (
  t: TestContext,
  folder: string,
  ids: readonly string[],
  checks: Partial<ChecksSettings> = {},
) => {
  const published = collect<PoolSnapshot>();
  const events = collect<Event>();
  const owns: { stopped: boolean; settings: MonitorSettings }[] = [];
  const settings = settingsOf({ ids, checks: { everyMs: 100, ...checks }, stateFolder: folder });
  const follower = startFollower({
    settings,
    clock: systemClock(),
    journal: events.add,
    publish: published.add,
    startOwn: (current, given) => {
      const own = { stopped: false, settings: current };
      owns.push(own);
      const monitor = startMonitor({
        ...askWith(async ({ id }) => (id === 'web2' ? FAIL : PASS)),
        ...given,
        settings: current,
        source: 'own',
      });
      return {
        update: (next) => {
          own.settings = next;
          monitor.update(next);
        },
        stop: async () => {
          own.stopped = true;
          await monitor.stop();
        },
      };
    },
  });
  t.after(follower.stop);
  const source = (to: string) => events.first((event) => event.type === 'source-changed' && event.to === to);
  return { follower, published, events, owns, settings, source };
};

const latest = (published: readonly PoolSnapshot[]): PoolSnapshot => {
  const last = published.at(-1);
  assert.ok(last);
  return last;
};

/** Goes on writing a file, each time with another seq, until the test ends or it is paused. */
const keepPutting = (t: TestContext, folder: string, textOf: (seq: number) => string, name = 'pingfile') => {
  const writer = { seq: 1, isPaused: false };
  const timer = setInterval(() => {
    if (writer.isPaused) return;
    writer.seq += 1;
    put(folder, name, textOf(writer.seq));
  }, 50);
  t.after(() => clearInterval(timer));
  return writer;
};

const startWriter = (t: TestContext, folder: string) =>
  keepPutting(t, folder, (seq) => pingText(seq, { web1: 'up', web2: 'up' }));

describe('follower', { concurrency: true }, () => {
  it('knows nothing at first, so that visitors are served, and believes a file once it changes', async (t) => {
    const folder = makeFolder();
    put(folder, 'pingfile', pingText(41, { web1: 'down', web2: 'down' }));
    put(folder, 'sitefile', 'no JSON');
    const { published, events } = start(t, folder, ['web1', 'web2'], { everyMs: 60_000 });
    const looked = () => events.first(({ type }) => type === 'files-refused');
    const [first] = published.values;
    assert.ok(first);
    assert.equal(healths(first), 'web1 unknown, web2 unknown');
    assert.equal(first.source, 'cached');
    await looked();
    events.values.length = 0;
    put(folder, 'sitefile', '[]');
    await looked();
    assert.equal(healths(latest(published.values)), 'web1 unknown, web2 unknown', 'of an earlier run');
    put(folder, 'pingfile', pingText(42, { web1: 'up', web2: 'down' }));
    await published.first((snapshot) => healths(snapshot) === 'web1 up, web2 down');
  });

  it('goes on by what its own worker left just before a new start, as old as it is', async (t) => {
    const folder = makeFolder();
    const writtenAt = Date.now() - 1500;
    put(folder, 'pingfile', pingText(41, { web1: 'up', web2: 'down' }, { writtenAt }));
    put(folder, 'sitefile', JSON.stringify({ seq: 41, writtenAt, secondaries: { web1: { running: 3 } } }));
    const { published, source } = start(t, folder, ['web1', 'web2'], { everyMs: 1000 });
    const { at, standings } = await published.first(
      (snapshot) =>
        healths(snapshot) === 'web1 up, web2 down' && snapshot.standings.get('web1')?.load !== undefined,
    );
    const load = standings.get('web1')?.load;
    assert.equal(load?.running, 3);
    assert.ok(at - load.at >= 1500 && at - load.at < 3000, String(at - load.at));
    await source('own'); // one that nobody writes any more is no writer
  });

  const distrusted: Readonly<Record<string, [object, Healths, Partial<ChecksSettings>]>> = {
    'is older than three intervals': [{ writtenAt: Date.now() - 181_000 }, { web1: 'up', web2: 'down' }, {}],
    'was written in the future': [{ writtenAt: Date.now() + 60_000 }, { web1: 'up', web2: 'down' }, {}],
    'does not say when it was written': [{}, { web1: 'up', web2: 'down' }, {}],
    'comes from a worker elsewhere': [
      { writtenAt: Date.now() },
      { web1: 'up', web2: 'down' },
      { worker: 'elsewhere' },
    ],
    'leaves nobody': [{ writtenAt: Date.now() }, { web1: 'down', web2: 'down' }, {}],
  };
  for (const [what, [head, healthOf, checks]] of Object.entries(distrusted)) {
    it(`believes nothing at a new start that ${what}`, async (t) => {
      const folder = makeFolder();
      put(folder, 'pingfile', pingText(41, healthOf, head));
      put(folder, 'sitefile', 'no JSON');
      const { published, events } = start(t, folder, ['web1', 'web2'], { everyMs: 60_000, ...checks });
      await events.first(({ type }) => type === 'files-refused');
      events.values.length = 0;
      put(folder, 'sitefile', '[]');
      await events.first(({ type }) => type === 'files-refused');
      assert.equal(healths(latest(published.values)), 'web1 unknown, web2 unknown');
    });
  }

  it('takes another epoch for a change, whatever its seq', async (t) => {
    const folder = makeFolder();
    const { published } = start(t, folder, ['web1'], { everyMs: 200 });
    keepPutting(t, folder, (epoch) => pingText(1, { web1: 'up' }, { epoch }));
    await published.first((snapshot) => healths(snapshot) === 'web1 up');
  });

  it('believes nobody who changes what he wrote without another seq', async (t) => {
    const folder = makeFolder();
    const { published, source } = start(t, folder, ['web1', 'web2']);
    const writer = startWriter(t, folder);
    await published.first((snapshot) => healths(snapshot) === 'web1 up, web2 up');
    writer.isPaused = true;
    put(folder, 'pingfile', pingText(1, { web1: 'up', web2: 'down' }, { epoch: 'last' }));
    await published.first((snapshot) => healths(snapshot) === 'web1 up, web2 down');
    put(folder, 'pingfile', pingText(1, { web1: 'down', web2: 'up' }, { epoch: 'last' }));
    await source('own');
    assert.ok(
      published.values.every((snapshot) => snapshot.standings.get('web1')?.verdict.health !== 'down'),
    );
  });

  it('takes over verdicts and loads with their ages, and passes over whom the config does not list', async (t) => {
    const folder = makeFolder();
    const { published } = start(t, folder, ['web1', 'web2'], { everyMs: 60_000 });
    const writtenAt = 5_000_000;
    keepPutting(
      t,
      folder,
      (seq) =>
        `{"seq":${seq},"writtenAt":${writtenAt},"secondaries":{"web1":{"at":4998000,"running":3},"web2":{"running":0,"at":6000000}}}`,
      'sitefile',
    );
    keepPutting(
      t,
      folder,
      (seq) =>
        `{"seq":${seq},"writtenAt":${writtenAt},"secondaries":{"web1":{"health":"up","since":4990000},"other":{"health":"up"},"__proto__":{"health":"up"}}}`,
    );
    const { standings, at } = await published.first(
      (snapshot) => snapshot.standings.get('web1')?.load !== undefined,
    );
    assert.deepEqual([...standings.keys()], ['web1', 'web2']);
    assert.equal(standings.get('web2')?.verdict.health, 'unknown');
    const { verdict, load } = standings.get('web1') ?? {};
    assert.ok(verdict && load);
    assert.equal(load.running, 3);
    // Both files were first seen within one look before this snapshot.
    assert.ok(at - verdict.since >= 10_000 && at - verdict.since < 11_500, String(at - verdict.since));
    assert.ok(at - load.at >= 2000 && at - load.at < 3500, String(at - load.at));
    assert.ok((standings.get('web2')?.load?.at ?? Infinity) <= at, 'nothing is in the future');
  });

  it('asks from here when the file stays as it is for three intervals, says so, and goes back', async (t) => {
    const folder = makeFolder();
    const { published, events, owns, source } = start(t, folder, ['web1', 'web2'], { everyMs: 400 });
    const writer = startWriter(t, folder);
    await published.first((snapshot) => healths(snapshot) === 'web1 up, web2 up');

    writer.isPaused = true;
    const change = await source('own');
    assert.ok(change.type === 'source-changed');
    assert.equal(change.from, 'cached');
    assert.match(change.because, /pingfile has not changed for \d+\.\d s, more than 3 intervals of 400 ms$/);
    const own = await published.first((snapshot) => snapshot.source === 'own');
    assert.equal(healths(own), 'web1 up, web2 down');

    writer.isPaused = false;
    const back = await source('cached');
    assert.ok(back.type === 'source-changed' && back.because.endsWith('changes regularly again'));
    const cached = await published.first(
      (snapshot) => snapshot.seq > own.seq && snapshot.source === 'cached',
    );
    assert.equal(healths(cached), 'web1 up, web2 up');
    assert.deepEqual(
      owns.map(({ stopped }) => stopped),
      [true],
    );
    const turns = events.values.flatMap((event) =>
      event.type === 'health-changed' ? [`${event.secondary} ${event.from} ${event.to}`] : [],
    );
    assert.deepEqual(
      turns,
      ['web1 unknown up', 'web2 unknown up', 'web2 up down', 'web2 down up'],
      'every turn is told once, whoever found it',
    );
  });

  it('keeps publishing what the files told until its own first round is complete', async (t) => {
    const folder = makeFolder();
    const { published } = start(t, folder, ['web1', 'web2']);
    const writer = startWriter(t, folder);
    await published.first((snapshot) => healths(snapshot) === 'web1 up, web2 up');
    writer.isPaused = true;
    await published.first((snapshot) => snapshot.source === 'own');
    const known = published.values.findIndex((snapshot) => healths(snapshot) === 'web1 up, web2 up');
    assert.ok(published.values.slice(known).every((snapshot) => !healths(snapshot).includes('unknown')));
  });

  it('does not go back for a single change', async (t) => {
    const folder = makeFolder();
    const { published, events, source } = start(t, folder, ['web1', 'web2']);
    await source('own');
    put(folder, 'pingfile', pingText(1, { web1: 'up' }));
    const { seq } = await published.first((snapshot) => snapshot.source === 'own');
    await published.first((snapshot) => snapshot.seq > seq + 5 && snapshot.source === 'own');
    assert.ok(!events.values.some((event) => event.type === 'source-changed' && event.to === 'cached'));
  });

  it('asks from here when no file comes at all', async (t) => {
    const { source, events } = start(t, join(makeFolder(), 'missing'), ['web1', 'web2'], { everyMs: 400 });
    const change = await source('own');
    assert.ok(change.type === 'source-changed' && change.because.endsWith(': there is no such file'));
    assert.ok(
      !events.values.some(({ type }) => type === 'files-refused'),
      'that there is none yet is no mistake',
    );
  });

  it('lets the last good file stand when a bad one comes, and says once why it is refused', async (t) => {
    const folder = makeFolder();
    const { published, events } = start(t, folder, ['web1'], { everyMs: 1000 });
    const writer = keepPutting(t, folder, (seq) => pingText(seq, { web1: 'down' }));
    await published.first((snapshot) => healths(snapshot) === 'web1 down');
    writer.isPaused = true;
    put(folder, 'pingfile', '{"seq":2,"secondaries":{"web1":{"health":"u');
    const refused = await events.first(({ type }) => type === 'files-refused');
    assert.ok(refused.type === 'files-refused');
    assert.equal(refused.file, join(folder, 'pingfile'));
    assert.match(refused.because, /^it is not whole JSON/);
    assert.equal(healths(latest(published.values)), 'web1 down');
    rmSync(join(folder, 'pingfile'));
    mkdirSync(join(folder, 'pingfile'));
    await events.first((event) => event.type === 'files-refused' && event.because === 'it is a folder');
    assert.equal(healths(latest(published.values)), 'web1 down');
    rmSync(join(folder, 'pingfile'), { recursive: true });
    put(folder, 'pingfile', pingText(writer.seq + 1, { web1: 'up' }));
    await published.first((snapshot) => healths(snapshot) === 'web1 up');
    assert.equal(events.values.filter(({ type }) => type === 'files-refused').length, 2);
  });

  it('lets a bad sitefile cost nothing but the loads', async (t) => {
    const folder = makeFolder();
    const { published, events, owns } = start(t, folder, ['web1', 'web2'], { everyMs: 1000 });
    startWriter(t, folder);
    put(folder, 'sitefile', '{"seq":1,"secondaries":{"web1":{"running":-1}}}');
    const refused = await events.first(({ type }) => type === 'files-refused');
    assert.ok(
      refused.type === 'files-refused' && refused.because.startsWith('secondaries.web1.running is -1'),
    );
    const { seq } = await published.first((snapshot) => healths(snapshot) === 'web1 up, web2 up');
    await published.first((snapshot) => snapshot.seq > seq + 3);
    assert.equal(owns.length, 0);
  });

  it('waits as long as the writer says that it takes, within reason', async (t) => {
    const folder = makeFolder();
    const { published, events } = start(t, folder, ['web1', 'web2'], { everyMs: 50 });
    const writer = keepPutting(t, folder, (seq) => pingText(seq, { web1: 'up' }, { everyMs: 400 }));
    const believed = await published.first(
      ({ source, standings }) => source === 'cached' && standings.get('web1')?.verdict.health === 'up',
    );
    assert.equal(believed.everyMs, 400, 'whoever reads the snapshot knows how long it may be');
    writer.isPaused = true;
    await events.first(
      (event) => event.type === 'source-changed' && event.because.endsWith('more than 3 intervals of 400 ms'),
    );
  });

  it('follows other files, and another list, after an edit', async (t) => {
    const folder = makeFolder();
    const other = makeFolder();
    const { published, follower, settings } = start(t, folder, ['web1', 'web2'], { everyMs: 1000 });
    keepPutting(t, folder, (seq) => pingText(seq, { web1: 'up', web2: 'down', web3: 'up' }));
    await published.first((snapshot) => healths(snapshot) === 'web1 up, web2 down');
    const { secondaries } = settingsOf({ ids: ['web2', 'web3'] });
    follower.update({ ...settings, secondaries });
    await published.first((snapshot) => healths(snapshot) === 'web2 down, web3 up');
    follower.update({ ...settings, stateFolder: other, secondaries });
    assert.equal(healths(latest(published.values)), 'web2 down, web3 up', 'stands until the new files tell');
    keepPutting(t, other, (seq) => pingText(seq, { web2: 'up', web3: 'down' }));
    await published.first((snapshot) => healths(snapshot) === 'web2 up, web3 down');
  });

  it('hands an edit on to its own monitor while that stands in', async (t) => {
    const { published, follower, settings, owns, source } = start(t, makeFolder(), ['web1', 'web2']);
    await source('own');
    follower.update({ ...settings, secondaries: settingsOf({ ids: ['web1', 'web9'] }).secondaries });
    await published.first(
      (snapshot) => healths(snapshot) === 'web1 up, web9 up' && snapshot.source === 'own',
    );
    assert.equal(owns.length, 1);
  });

  it('stops its own monitor with itself', async (t) => {
    const { follower, owns, source } = start(t, makeFolder(), ['web1']);
    await source('own');
    await follower.stop();
    assert.deepEqual(
      owns.map(({ stopped }) => stopped),
      [true],
    );
  });
});
