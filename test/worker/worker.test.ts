import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import { systemClock } from '../../src/clock.ts';
import { ActionableError } from '../../src/errors.ts';
import type { Event } from '../../src/journal.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import { STALE_AFTER_INTERVALS } from '../../src/model/pool.ts';
import { startMonitor } from '../../src/monitor/monitor.ts';
import { parseSitefile } from '../../src/stores/parse-pool-file.ts';
import { readPoolFile } from '../../src/stores/read-pool-file.ts';
import { firstAt, startWorker } from '../../src/worker/worker.ts';
import { askWith, collect, FAIL, PASS, settingsOf, type Given } from '../monitor/pool-settings.ts';
import { makeFolder } from '../stores/folder-for.ts';
import { pingfileOf } from './pool-files.ts';

const start = async (t: TestContext, given: Given, table: Record<string, Outcome> = {}, chance = 0.5) => {
  const events = collect<Event>();
  const written = Promise.withResolvers<undefined>();
  const asking = askWith(async ({ id }) => table[id] ?? PASS);
  const settings = settingsOf(given);
  const worker = await startWorker({
    settings,
    startMonitor: (watching) => startMonitor({ ...asking, ...watching }),
    clock: systemClock(),
    dice: () => chance,
    journal: events.add,
    writer: 'test',
    onFirstWritten: () => written.resolve(undefined),
  });
  t.after(worker.stop);
  return { worker, events, settings, written: written.promise };
};

describe('worker', () => {
  it('makes the folder, and writes both files whole once the first round is complete', async (t) => {
    const files = join(makeFolder(), 'deep', 'state');
    const { written } = await start(t, { ids: ['web1', 'web2'], stateFolder: files }, { web2: FAIL });
    await written;
    const ping = await pingfileOf(files);
    assert.equal(ping.writer, 'test');
    assert.equal(ping.everyMs, 100);
    assert.deepEqual(
      Array.from(ping.rows, ([id, { health }]) => [id, health]),
      [
        ['web1', 'up'],
        ['web2', 'down'],
      ],
    );
    const site = await readPoolFile(join(files, 'sitefile'), parseSitefile);
    assert.ok(site.ok);
    assert.equal(site.value.seq, ping.seq);
    assert.deepEqual(site.value.rows.get('web1')?.report, { answerMs: 1 });
    assert.deepEqual(readdirSync(files).toSorted(), ['pingfile', 'sitefile']);
  });

  it('leaves what a writer before it knew until it has heard nearly all of the list', async (t) => {
    const files = makeFolder();
    const ids = ['web1', 'web2', 'web3'];
    const before = await start(t, { ids, stateFolder: files });
    await before.written;
    await before.worker.stop();
    const slow = Promise.withResolvers<Outcome>();
    const written = Promise.withResolvers<undefined>();
    const published = collect<number>();
    const asking = askWith(({ id }) => (id === 'web1' ? Promise.resolve(PASS) : slow.promise));
    const settings = settingsOf({ ids, stateFolder: files, checks: { everyMs: 60_000 } });
    const worker = await startWorker({
      settings,
      startMonitor: (watching) =>
        startMonitor({
          ...{ ...asking, ...watching },
          publish: (snapshot) => {
            watching.publish(snapshot);
            published.add(snapshot.seq);
          },
        }),
      clock: systemClock(),
      dice: () => 0.5,
      journal: () => undefined,
      writer: 'successor',
      onFirstWritten: () => written.resolve(undefined),
    });
    t.after(worker.stop);
    await published.first(() => true);
    // as long as the writing of that would have waited for others
    await after(300);
    assert.equal((await pingfileOf(files)).writer, 'test');
    slow.resolve(PASS);
    await written.promise;
    const ping = await pingfileOf(files);
    assert.equal(ping.writer, 'successor');
    assert.deepEqual([...ping.rows.keys()], ids);
  });

  it('lets what a writer before it knew stand nearly as long as readers go by it', async (t) => {
    const files = makeFolder();
    const ids = ['web1', 'web2', 'web3'];
    const before = await start(t, { ids, stateFolder: files });
    await before.written;
    await before.worker.stop();
    const changedMs = (): number => statSync(join(files, 'pingfile')).mtimeMs;
    const oldMs = changedMs();
    const everyMs = 400;
    const first = Promise.withResolvers<number>();
    const asking = askWith(({ id }) => (id === 'web1' ? Promise.resolve(PASS) : new Promise(() => {})));
    const worker = await startWorker({
      settings: settingsOf({ ids, stateFolder: files, checks: { everyMs }, each: { timeoutMs: 60_000 } }),
      startMonitor: (watching) => startMonitor({ ...asking, ...watching }),
      clock: systemClock(),
      dice: () => 0.5,
      journal: () => undefined,
      onFirstWritten: () => first.resolve(changedMs()),
    });
    t.after(worker.stop);
    const stoodMs = (await first.promise) - oldMs;
    assert.ok(stoodMs > 2 * everyMs, `${stoodMs} ms`);
    assert.equal((await pingfileOf(files)).rows.get('web2')?.health, 'unknown');
  });

  it('writes first while readers still go by what it found, after a round at the soonest and where it found nothing', () => {
    const everyMs = 1000;
    assert.equal(firstAt(50, everyMs, 0), 50 + 2500);
    assert.equal(firstAt(50, everyMs, 900), 50 + 1600);
    assert.ok(firstAt(50, everyMs, 900) - (50 - 900) < STALE_AFTER_INTERVALS * everyMs);
    assert.equal(firstAt(50, everyMs, 2900), 50 + 1100);
    assert.equal(firstAt(50, everyMs), 50 + 1100);
  });

  it('goes on writing while nothing turns and nobody answers, so that readers know that it is there', async (t) => {
    const files = makeFolder();
    const worker = await startWorker({
      settings: settingsOf({ ids: ['web1'], stateFolder: files, each: { timeoutMs: 60_000 } }),
      startMonitor: (watching) => startMonitor({ ...askWith(() => new Promise(() => {})), ...watching }),
      clock: systemClock(),
      dice: () => 0.5,
      journal: () => {},
    });
    t.after(worker.stop);
    const { seq, epoch } = await pingfileOf(files);
    const later = await pingfileOf(files, (file) => file.seq >= seq + 3);
    assert.equal(later.epoch, epoch);
    assert.equal(later.rows.get('web1')?.health, 'unknown');
  });

  it('tells the same moment by the same wall time, however often it writes', async (t) => {
    const files = makeFolder();
    const { worker, settings, written } = await start(t, {
      ids: ['web1'],
      stateFolder: files,
      checks: { everyMs: 60_000 },
    });
    await written;
    const before = (await pingfileOf(files)).rows.get('web1');
    for (const edit of [1, 2, 3]) {
      const [added] = settingsOf({ ids: [`new${edit}`] }).secondaries;
      assert.ok(added);
      worker.update({ ...settings, secondaries: [...settings.secondaries, added] });
      const { rows } = await pingfileOf(files, (file) => file.rows.get(`new${edit}`)?.health === 'up');
      assert.deepEqual(rows.get('web1'), before);
    }
  });

  it('writes at once when a verdict turns', async (t) => {
    const files = makeFolder();
    const table: Record<string, Outcome> = {};
    // The list is edited: the new secondary's first answer comes long before the interval is over.
    const { worker, settings, written } = await start(
      t,
      { ids: ['web1'], stateFolder: files, checks: { everyMs: 60_000 } },
      table,
    );
    await written;
    const [web2] = settingsOf({ ids: ['web2'] }).secondaries;
    assert.ok(web2);
    worker.update({ ...settings, secondaries: [...settings.secondaries, web2] });
    await pingfileOf(files, ({ rows }) => rows.get('web2')?.health === 'up');
  });

  it('does not write more often than every 100 ms, however much turns', async (t) => {
    const files = makeFolder();
    const { worker, settings, written, events } = await start(t, {
      ids: ['web1'],
      stateFolder: files,
      checks: { everyMs: 60_000 },
    });
    await written;
    const first = await pingfileOf(files);
    const beganAt = performance.now();
    for (let edit = 0; edit < 40; edit += 1) {
      const id = `new${edit}`;
      worker.update({ ...settings, secondaries: settingsOf({ ids: [id] }).secondaries });
      await events.first((event) => event.type === 'health-changed' && event.secondary === id);
    }
    const last = await pingfileOf(files, ({ rows }) => rows.get('new39')?.health === 'up');
    const tookMs = performance.now() - beganAt;
    assert.ok(last.seq - first.seq <= tookMs / 95 + 1, `${last.seq - first.seq} in ${tookMs} ms`);
  });

  it('says once that somebody else writes into its folder all the time, whoever began', async (t) => {
    const files = makeFolder();
    const first = await start(t, { ids: ['web1'], stateFolder: files });
    await first.written;
    const second = await start(t, { ids: ['web1'], stateFolder: files }, {}, 0.25);
    const told = await Promise.all(
      [first, second].map(({ events }) => events.first(({ type }) => type === 'files-contested')),
    );
    const by = 'Another one (test)';
    assert.deepEqual(told, Array(2).fill({ type: 'files-contested', folder: files, by }));
    await pingfileOf(files, ({ seq }) => seq > 12);
    for (const { events } of [first, second]) {
      assert.equal(events.values.filter(({ type }) => type === 'files-contested').length, 1);
    }
  });

  it('takes what one who was killed or is just ending left for no rival', async (t) => {
    const files = makeFolder();
    const text = (seq: number): string => JSON.stringify({ epoch: 'old', seq, secondaries: {} });
    writeFileSync(join(files, 'pingfile'), text(1));
    const { events, written } = await start(t, { ids: ['web1'], stateFolder: files });
    await written;
    writeFileSync(join(files, 'pingfile'), text(2));
    const { seq } = await pingfileOf(files, ({ epoch }) => epoch !== 'old');
    await pingfileOf(files, (file) => file.seq > seq + 4);
    assert.deepEqual(
      events.values.filter(({ type }) => type === 'files-contested'),
      [],
    );
  });

  it('says in a sentence what to do where it cannot write', async (t) => {
    const files = join(makeFolder(), 'state');
    writeFileSync(files, '');
    await assert.rejects(start(t, { ids: ['web1'], stateFolder: files }), ActionableError);
  });

  it('lets the old files stand when the disk takes no more, says so once, and goes on when it can', async (t) => {
    const files = makeFolder();
    const ids = Array.from({ length: 200 }, (_, index) => `web${index}`);
    const { events, written } = await start(t, { ids, stateFolder: files });
    await written;
    const limit = (size: string): void => {
      execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${size}:unlimited`]);
    };
    limit('4096');
    const told = await events
      .first(({ type }) => type === 'files-unwritten')
      .finally(() => limit('unlimited'));
    assert.ok(told.type === 'files-unwritten');
    assert.match(told.because, /EFBIG/);
    const { seq, rows } = await pingfileOf(files);
    assert.equal(rows.size, 200);
    await events.first(({ type }) => type === 'files-written');
    await pingfileOf(files, (file) => file.seq > seq + 1);
    assert.equal(events.values.filter(({ type }) => type === 'files-unwritten').length, 1);
    assert.ok(readdirSync(files).every((name) => !name.endsWith('.tmp')));
  });

  it('makes a folder again that was taken away', async (t) => {
    const files = join(makeFolder(), 'state');
    const { events, written } = await start(t, { ids: ['web1'], stateFolder: files });
    await written;
    rmSync(files, { recursive: true });
    await pingfileOf(files);
    assert.ok(events.values.every(({ type }) => type !== 'bug'));
  });

  it('writes into another folder after an edit', async (t) => {
    const [one, other] = [makeFolder(), join(makeFolder(), 'new')];
    const { worker, settings, written } = await start(t, { ids: ['web1'], stateFolder: one });
    await written;
    worker.update({ ...settings, stateFolder: other });
    await pingfileOf(other, ({ rows }) => rows.get('web1')?.health === 'up');
    // Nothing more is written where nobody is to look any more.
    const old = readFileSync(join(one, 'pingfile'), 'utf8');
    const { seq } = await pingfileOf(other);
    await pingfileOf(other, (file) => file.seq >= seq + 2);
    assert.equal(readFileSync(join(one, 'pingfile'), 'utf8'), old);
  });
});
