import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { loadApart } from '../../src/cli/load-apart.ts';
import { ActionableError } from '../../src/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'usher-apart-'));
after(() => {
  rmSync(folder, { recursive: true });
});

const config = join(folder, 'usher.json');
writeFileSync(config, '{ "secondaries": [{ "port": 8086 }] }');

/** A module in the place of the one that reads the config. */
const entry = (name: string, code: string): URL => {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, code);
  return pathToFileURL(file);
};

const isRead = async (options: Parameters<typeof loadApart>[1]): Promise<void> => {
  const loaded = await loadApart(config, options);
  assert.ok(loaded.ok);
  assert.deepEqual(
    loaded.settings.secondaries.map(({ id }) => id),
    ['web8086'],
  );
};

test('a config is read in a process of its own', async () => {
  await isRead({});
});

test('whoever kills that process does not keep the config from being read', async () => {
  await isRead({ entry: entry('killed', "process.kill(process.pid, 'SIGKILL');") });
});

test('a process that breaks or says nothing does not keep the config from being read', async () => {
  await isRead({ entry: entry('mute', 'process.disconnect();') });
  await isRead({ entry: entry('broken', 'process.exit(7);') });
});

test('a process that cannot be started does not keep the config from being read', async () => {
  const before = process.execPath;
  process.execPath = join(folder, 'no-node');
  try {
    await isRead({});
  } finally {
    process.execPath = before;
  }
});

test('a disk that does not answer is a sentence, and the process that waits for it is ended', async () => {
  const pidFile = join(folder, 'pid');
  const hanging = entry(
    'hanging',
    `import { writeFileSync } from 'node:fs';
     writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
     setInterval(() => undefined, 1000);`,
  );
  await assert.rejects(loadApart(config, { entry: hanging, deadlineMs: 5000 }), (error) => {
    assert.ok(error instanceof ActionableError);
    assert.match(error.message, /^Reading .*usher\.json takes longer than 5 s\.$/);
    assert.match(error.remedy, /network folder/);
    return true;
  });
  const pid = readFileSync(pidFile, 'utf8');
  while (existsSync(`/proc/${pid}`)) await new Promise((resolve) => setTimeout(resolve, 10));
});
