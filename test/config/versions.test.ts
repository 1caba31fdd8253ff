import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeChange } from '../../src/config/change.ts';
import { editConfig, restoreVersion, setState } from '../../src/config/edit.ts';
import { readShown } from '../../src/config/shown.ts';
import { keepVersion, listVersions, readVersion } from '../../src/config/versions.ts';
import { tempFolder } from './temp-folder.ts';
import { units } from './units.ts';

const TEXT = '{\n  "secondaries": [ { "port": 8086 },   { "port": 8087 } ]\n}\n';

const config = async (t: Parameters<typeof tempFolder>[0], text = TEXT) => {
  const folder = await tempFolder(t);
  const file = join(folder, 'usher.json');
  await writeFile(file, text);
  return { folder, file, stateFolder: join(folder, 'state'), registries: units };
};

test('an edit keeps what was there before, for its owner alone', async (t) => {
  const about = await config(t);
  const edited = await setState(about, { id: 'web8087', state: 'drain' });
  assert.ok(edited.ok);
  assert.equal(edited.version, 1);
  const [version] = await listVersions(about.stateFolder, [about.file]);
  assert.ok(version !== undefined);
  assert.deepEqual([version.number, version.name, version.bytes], [1, 'usher.json', TEXT.length]);
  assert.ok(Math.abs(Date.parse(version.keptAt) - Date.now()) < 60_000);
  assert.deepEqual(await readVersion(about.stateFolder, version), { ok: true, text: TEXT });
  assert.equal((await stat(join(about.stateFolder, 'versions', 'usher.json.1'))).mode & 0o777, 0o600);
});

test('what changes nothing keeps nothing', async (t) => {
  const about = await config(t);
  const edited = await setState(about, { id: 'web8087', state: 'ready' });
  assert.ok(edited.ok);
  assert.equal(edited.version, undefined);
  assert.deepEqual(await listVersions(about.stateFolder, [about.file]), []);
});

test('the last ten of each file are kept, and nothing else in the folder is touched', async (t) => {
  const { stateFolder } = await config(t);
  await mkdir(join(stateFolder, 'versions'), { recursive: true });
  await writeFile(join(stateFolder, 'versions', 'notes.txt'), 'mine');
  await keepVersion(stateFolder, { file: '/x/list.json', text: 'list' });
  for (let at = 1; at <= 13; at += 1)
    await keepVersion(stateFolder, { file: '/x/usher.json', text: String(at) });
  const versions = await listVersions(stateFolder, ['usher.json']);
  assert.deepEqual(
    versions.map(({ number }) => number),
    [14, 13, 12, 11, 10, 9, 8, 7, 6, 5],
  );
  const names = await readdir(join(stateFolder, 'versions'));
  assert.ok(names.includes('notes.txt') && names.includes('list.json.1'));
});

test('versions kept at the same moment each have a number of their own', async (t) => {
  const { stateFolder } = await config(t);
  await mkdir(stateFolder);
  const numbers = await Promise.all(
    Array.from({ length: 8 }, (_, at) => keepVersion(stateFolder, { file: 'usher.json', text: String(at) })),
  );
  assert.deepEqual(
    numbers.toSorted((one, other) => Number(one) - Number(other)),
    [1, 2, 3, 4, 5, 6, 7, 8],
  );
});

test('a version comes back byte for byte, and what it replaces is the newest version', async (t) => {
  const about = await config(t);
  await setState(about, { id: 'web8087', state: 'drain' });
  const drained = await readFile(about.file, 'utf8');
  const restored = await restoreVersion(about, 1);
  assert.ok(restored.ok);
  assert.equal(await readFile(about.file, 'utf8'), TEXT);
  assert.equal(restored.version, 2);
  assert.ok((await restoreVersion(about, 2)).ok);
  assert.equal(await readFile(about.file, 'utf8'), drained);
});

test('a version comes back also where the file is broken by now', async (t) => {
  const about = await config(t);
  await setState(about, { id: 'web8087', state: 'drain' });
  await writeFile(about.file, '{ "secondaries": [');
  assert.ok((await restoreVersion(about, 1)).ok);
  assert.equal(await readFile(about.file, 'utf8'), TEXT);
});

test('a version of the list goes where the list is, and one that does not fit any more is refused', async (t) => {
  const about = await config(t, '{ "secondaries": "list.json" }');
  const list = join(about.folder, 'list.json');
  await writeFile(list, '[{ "port": 8086 }]');
  await editConfig(about, () => [{ path: ['secondaries', 1], value: { port: 8087 } }]);
  assert.ok((await restoreVersion(about, 1)).ok);
  assert.equal(await readFile(list, 'utf8'), '[{ "port": 8086 }]');

  await keepVersion(about.stateFolder, { file: list, text: '[]' });
  const refused = await restoreVersion(about, 3);
  assert.ok(!refused.ok);
  assert.equal(refused.because, 'would-break');
  assert.equal(await readFile(list, 'utf8'), '[{ "port": 8086 }]');
});

test('a version that is not there, a folder or a link in its place are a sentence', async (t) => {
  const about = await config(t);
  await mkdir(join(about.stateFolder, 'versions', 'usher.json.4'), { recursive: true });
  await symlink('/nowhere', join(about.stateFolder, 'versions', 'usher.json.5'));
  for (const version of [0, 4, 5, 99, -1]) {
    const changed = await makeChange(about, { kind: 'restore', version });
    assert.ok(!changed.ok);
    assert.equal(changed.because, 'missing');
    assert.match(changed.words, /no version/);
  }
  assert.equal(await readFile(about.file, 'utf8'), TEXT);
});

test('where versions cannot be kept, an edit counts all the same and says so', async (t) => {
  const about = await config(t);
  await writeFile(about.stateFolder, 'a file, no folder');
  const changed = await makeChange(about, { kind: 'set', id: 'web8087', values: { weight: 2 } });
  assert.ok(changed.ok && changed.isNew);
  assert.equal(changed.version, undefined);
  assert.match(await readFile(about.file, 'utf8'), /"port": 8087, "weight": 2/);
});

test('an edit for another state of the files is refused', async (t) => {
  const about = await config(t);
  const { tag } = await readShown(about.file, about.stateFolder);
  await setState(about, { id: 'web8086', state: 'drain' });
  const text = await readFile(about.file, 'utf8');
  const late = await makeChange({ ...about, onlyIf: tag }, { kind: 'remove', id: 'web8087' });
  assert.ok(!late.ok);
  assert.equal(late.because, 'outdated');
  assert.equal(await readFile(about.file, 'utf8'), text);
});

test('of editors who saw the same state one wins, and the others are told', async (t) => {
  const about = await config(t);
  const { tag } = await readShown(about.file, about.stateFolder);
  const results = await Promise.all(
    [2, 3, 4, 5, 6].map((weight) =>
      makeChange({ ...about, onlyIf: tag }, { kind: 'set', id: 'web8086', values: { weight } }),
    ),
  );
  const [winner, ...none] = results.filter(({ ok }) => ok);
  assert.ok(winner !== undefined && none.length === 0);
  assert.deepEqual(new Set(results.map((one) => one.ok || one.because)), new Set([true, 'outdated']));
  assert.equal((await readShown(about.file, about.stateFolder)).tag, winner.ok && winner.tag);
});

test('of a config only the list is shown', async (t) => {
  const about = await config(t, '{ "admin": { "password": "scrypt$x" }, "secondaries": [{ "port": 8086 }] }');
  const shown = await readShown(about.file, about.stateFolder);
  assert.deepEqual(shown.secondaries, [{ port: 8086 }]);
  assert.doesNotMatch(JSON.stringify(shown), /scrypt/);
  for (const broken of ['', '{', '[]', 'null', '{"secondaries":{}}', '{"secondaries":"gone.json"}']) {
    await writeFile(about.file, broken);
    assert.deepEqual((await readShown(about.file, about.stateFolder)).secondaries, []);
  }
});
