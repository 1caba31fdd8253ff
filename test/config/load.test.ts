import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig, settingsFrom } from '../../src/config/load.ts';
import { tempFolder } from './temp-folder.ts';
import { units } from './units.ts';

const GOOD = '{ "secondaries": [{ "port": 8086 }] }';

/** Where and what is wrong with a file, as one text. */
const wrongWith = async (file: string): Promise<string[]> => {
  const loaded = await loadConfig(file, units);
  if (loaded.ok) return [];
  return loaded.mistakes.map(({ line = 0, column = 0, what }) => `${line}:${column} ${what}`);
};

test('a config is read with its paths meant from its own folder', async (t) => {
  const folder = await tempFolder(t);
  const file = join(folder, 'usher.json');
  await writeFile(file, GOOD);
  const loaded = await loadConfig(file, units);
  assert.ok(loaded.ok);
  assert.equal(loaded.settings.stateFolder, join(folder, 'state'));
  assert.deepEqual(loaded.files, [file]);
});

test('a list of its own is read from beside the config, and watched with it', async (t) => {
  const folder = await tempFolder(t);
  const file = join(folder, 'usher.json');
  await mkdir(join(folder, 'lists'));
  await writeFile(file, '{ "secondaries": "lists/all.json" }');
  await writeFile(join(folder, 'lists/all.json'), '[{ "port": 8086 }, { "port": 8087 }]');
  const loaded = await loadConfig(file, units);
  assert.ok(loaded.ok);
  assert.deepEqual(
    loaded.settings.secondaries.map(({ id }) => id),
    ['web8086', 'web8087'],
  );
  assert.deepEqual(loaded.files, [file, join(folder, 'lists/all.json')]);
});

test('a file that is not there, or is none, is a mistake with the remedy', async (t) => {
  const folder = await tempFolder(t);
  const loaded = await loadConfig(join(folder, 'usher.json'), units);
  assert.ok(!loaded.ok);
  assert.match(loaded.mistakes[0]?.fits ?? '', /usher init/);
  assert.deepEqual(await wrongWith(join(folder, 'usher.json')), ['1:1 the file is not there']);
  assert.deepEqual(await wrongWith(folder), ['1:1 the file is a folder']);
  assert.deepEqual(await wrongWith('/dev/zero'), ['1:1 the file is no plain file']);

  const circle = join(folder, 'circle');
  await symlink(circle, circle);
  assert.deepEqual(await wrongWith(circle), ['1:1 the file is a symbolic link that leads in a circle']);
});

test('a pipe that nobody writes to is refused, not waited for', { timeout: 5000 }, async (t) => {
  const pipe = join(await tempFolder(t), 'usher.json');
  execFileSync('mkfifo', [pipe]);
  assert.deepEqual(await wrongWith(pipe), ['1:1 the file is no plain file']);
});

test('a config may have 4 MiB and not a byte more', async (t) => {
  const file = join(await tempFolder(t), 'usher.json');
  await writeFile(file, GOOD.padEnd(4 * 1024 * 1024));
  assert.deepEqual(await wrongWith(file), []);
  await writeFile(file, GOOD.padEnd(4 * 1024 * 1024 + 1));
  assert.deepEqual(await wrongWith(file), ['1:1 the file is larger than 4 MiB']);
});

test('a file in another encoding is refused as such', async (t) => {
  const file = join(await tempFolder(t), 'usher.json');
  await writeFile(file, Buffer.from(`\uFEFF${GOOD}`, 'utf16le'));
  assert.deepEqual(await wrongWith(file), ['1:1 the file is not UTF-8']);
  await writeFile(file, Buffer.from('{ "names": ["m\u00fcnchen.example"] }', 'latin1'));
  assert.deepEqual(await wrongWith(file), ['1:1 the file is not UTF-8']);
});

test('a list that cannot be read is told where the config names it', async (t) => {
  const folder = await tempFolder(t);
  const file = join(folder, 'usher.json');
  await writeFile(file, '{ "debug": 1,\n  "secondaries": "list.json" }');
  assert.deepEqual(await wrongWith(file), [
    '1:12 "debug" has the wrong type',
    `2:18 the file of the list, ${join(folder, 'list.json')}, is not there`,
  ]);
});

test('certificates and keys are tried before a door needs them', async (t) => {
  const folder = await tempFolder(t);
  const file = join(folder, 'usher.json');
  const make = (name: string): void => {
    const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.pem`)];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    execFileSync('openssl', ['req', '-x509', '-nodes', '-subj', `/CN=${name}`, ...curve, ...files], {
      stdio: 'pipe',
    });
  };
  make('one');
  make('other');
  const withTls = (cert: string, key: string): Promise<void> =>
    writeFile(
      file,
      `{ "listen": [81,\n  { "port": 443, "cert": "${cert}", "key": "${key}" }],\n  "secondaries": [{ "port": 8086 }] }`,
    );
  await withTls('one.pem', 'one.key');
  assert.deepEqual(await wrongWith(file), []);
  await withTls('none.pem', 'none.key');
  assert.deepEqual(await wrongWith(file), [
    '2:26 the file of the certificate is not there',
    '2:45 the file of the key is not there',
  ]);
  await withTls('one.pem', 'other.key');
  assert.match((await wrongWith(file)).join(), /^2:26 certificate and key cannot be used: .*mismatch/);
  await withTls('usher.json', 'one.key');
  assert.match((await wrongWith(file)).join(), /^2:26 certificate and key cannot be used/);
});

test('a program’s object is read with its paths meant from the folder it names', async () => {
  const parsed = await settingsFrom({ secondaries: [{ port: 8086 }] }, units, '/srv/www');
  assert.ok(parsed.ok);
  assert.equal(parsed.settings.siteFolder, '/srv/www/site');
});
