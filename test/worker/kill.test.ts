import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { pingfileInSlices, sitefileInSlices } from '../../src/stores/parse-pool-file.ts';
import { createFileReader } from '../../src/stores/read-pool-file.ts';
import { forkWorker } from '../../src/worker/child.ts';
import { settingsOf } from '../monitor/pool-settings.ts';
import { makeFolder } from '../stores/folder-for.ts';

const ENTRY = new URL('child-entry.ts', import.meta.url);
const ROWS = 500;
const KILLS = 50;

/** Reads both files as fast as it can until it is stopped; whatever it accepts must be whole, and nothing is refused. */
const startReader = (folder: string) => {
  const looks = [
    createFileReader(join(folder, 'pingfile'), pingfileInSlices),
    createFileReader(join(folder, 'sitefile'), sitefileInSlices),
  ];
  let accepted = 0;
  const stopping = new AbortController();
  const refusals: string[] = [];
  const running = (async () => {
    while (!stopping.signal.aborted) {
      for (const look of looks) {
        const read = await look();
        if (read === 'same') continue;
        if (!read.ok) {
          if (accepted > 0) refusals.push(read.because);
          continue;
        }
        accepted += 1;
        if (read.value.rows.size !== ROWS) refusals.push(`believed ${read.value.rows.size} rows`);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await running;
      return { accepted, refusals };
    },
  };
};

/** Starts workers one after the other in a folder and kills each while it writes; returns how many left a draft. */
const killAll = async (t: TestContext, folder: string): Promise<number> => {
  const settings = settingsOf({
    ids: Array.from({ length: ROWS }, (_, index) => `web${index}`),
    stateFolder: folder,
    checks: { everyMs: 100 },
  });
  const changes = watch(folder);
  t.after(() => changes.close());
  let drafts = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const child = forkWorker(ENTRY);
    t.after(() => child.kill('SIGKILL'));
    child.once('message', () => child.send({ type: 'settings', settings }));
    const ended = once(child, 'exit');
    // Made, written, renamed: each number of changes ends it at another step of the first writing.
    const moment = 3 + (kill % 7);
    let seen = 0;
    await new Promise<void>((resolve) => {
      const onChange = (): void => {
        seen += 1;
        if (seen < moment) return;
        changes.off('change', onChange);
        resolve();
      };
      changes.on('change', onChange);
    });
    child.kill('SIGKILL');
    await ended;
    if (readdirSync(folder).some((name) => name.endsWith('.tmp'))) drafts += 1;
  }
  return drafts;
};

/** Starts a worker, and asks it to end when it has written its files. */
const runOnce = async (files: string): Promise<void> => {
  const settings = settingsOf({ ids: ['web1'], stateFolder: files, checks: { everyMs: 60_000 } });
  const child = forkWorker(ENTRY);
  child.on('message', ({ type }: { type: string }) => {
    if (type === 'ready') child.send({ type: 'settings', settings });
    if (type === 'written') child.kill('SIGTERM');
  });
  assert.deepEqual(await once(child, 'exit'), [0, null]);
};

it('a hundred workers killed while they write leave no file that is torn, whoever reads meanwhile', async (t) => {
  // Compiled once and kept: a hundred starts in a third of the time.
  process.env['NODE_COMPILE_CACHE'] = makeFolder();
  await runOnce(makeFolder());
  const folders = [makeFolder(), makeFolder()];
  const lanes = await Promise.all(
    folders.map(async (folder) => {
      const reader = startReader(folder);
      const drafts = await killAll(t, folder);
      return { drafts, ...(await reader.stop()) };
    }),
  );
  for (const { drafts, accepted, refusals } of lanes) {
    assert.deepEqual(refusals, []);
    assert.ok(accepted > 10, `only ${accepted} good files were seen`);
    assert.ok(drafts > 0, 'none was killed in the middle of a file');
  }
  t.diagnostic(
    lanes
      .map(({ drafts, accepted }) => `${drafts} of ${KILLS} left a draft, ${accepted} files read`)
      .join('; '),
  );
  // The next one clears away what they left.
  const [folder = ''] = folders;
  await runOnce(folder);
  assert.deepEqual(readdirSync(folder).toSorted(), ['pingfile', 'sitefile']);
});
