import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { makeChange } from '../../../src/config/editing/change.ts';
import { editConfig, NotThere, restoreVersion, setState } from '../../../src/config/editing/edit.ts';
import { readShown } from '../../../src/config/editing/shown.ts';
import {
  keepVersion,
  listVersions,
  readVersion,
  settleVersions,
  versionsFolder,
} from '../../../src/config/editing/versions.ts';
import { tempFolder } from '../temp-folder.ts';
import { units } from '../units.ts';

const TEXT = '{\n  "secondaries": [ { "port": 8086 },   { "port": 8087 } ]\n}\n';

const config = async (t: Parameters<typeof tempFolder>[0], text = TEXT) => {
  const folder = await tempFolder(t);
  const file = join(folder, 'usher.json');
  await writeFile(file, text);
  return { folder, file, registries: units };
};

/** The versions of the config's own file. */
const versionsOf = async (file: string) => (await listVersions(file, [file])).map(({ version }) => version);

test('an edit keeps what was there before, for its owner alone', async (t) => {
  const about = await config(t);
  const edited = await setState(about, { id: 'web8087', state: 'drain' });
  assert.ok(edited.ok);
  assert.equal(edited.version, 1);
  const [kept] = await listVersions(about.file, [about.file]);
  assert.ok(kept !== undefined);
  const { number, name, bytes, keptAt } = kept.version;
  assert.deepEqual([number, name, bytes], [1, 'usher.json', TEXT.length]);
  assert.ok(Math.abs(Date.parse(keptAt) - Date.now()) < 60_000);
  assert.deepEqual(await readVersion(about.file, kept), { ok: true, text: TEXT });
  const folder = await versionsFolder(about.file);
  assert.equal((await stat(join(folder, 'usher.json.1'))).mode & 0o777, 0o600);
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
});

test('what changes nothing keeps nothing', async (t) => {
  const about = await config(t);
  const edited = await setState(about, { id: 'web8087', state: 'ready' });
  assert.ok(edited.ok);
  assert.equal(edited.version, undefined);
  assert.deepEqual(await versionsOf(about.file), []);
});

test('the last ten of each file are kept, and nothing else in the folder is touched', async (t) => {
  const { file, folder } = await config(t);
  const versions = await versionsFolder(file);
  await mkdir(versions);
  await writeFile(join(versions, 'notes.txt'), 'mine');
  const list = join(folder, 'list.json');
  await writeFile(list, 'list');
  await keepVersion(file, list);
  for (let at = 1; at <= 13; at += 1) await keepVersion(file, file);
  await settleVersions(file, { file, inVain: [] });
  assert.deepEqual(
    (await versionsOf(file)).map(({ number }) => number),
    [14, 13, 12, 11, 10, 9, 8, 7, 6, 5],
  );
  const names = await readdir(versions);
  assert.ok(names.includes('notes.txt') && names.includes('list.json.1'));
});

test('an edit that could not be made keeps nothing, and costs no version that was there', async (t) => {
  const about = await config(t);
  for (let at = 1; at <= 10; at += 1) await keepVersion(about.file, about.file);
  let saves = 0;
  const edit = editConfig(about, ({ secondaries }) => {
    // a person saves at every try
    writeFileSync(about.file, `${TEXT}${' '.repeat((saves += 1))}`);
    return [{ path: ['secondaries', secondaries.length], value: { port: 8088 } }];
  });
  await assert.rejects(edit, /is being edited by somebody else/);
  assert.deepEqual(
    (await versionsOf(about.file)).map(({ number }) => number),
    [10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
  );
});

test('versions kept at the same moment each have a number of their own', async (t) => {
  const { file } = await config(t);
  const numbers = await Promise.all(Array.from({ length: 8 }, () => keepVersion(file, file)));
  assert.deepEqual(
    numbers.toSorted((one, other) => Number(one) - Number(other)),
    [1, 2, 3, 4, 5, 6, 7, 8],
  );
});

test('versions of two configs that share a state folder never mix', async (t) => {
  const folder = await tempFolder(t);
  const [primary, worker] = ['primary', 'worker'].map((name) => join(folder, name, 'usher.json'));
  assert.ok(primary !== undefined && worker !== undefined);
  const text = (port: number): string =>
    JSON.stringify({ checks: { files: join(folder, 'state') }, secondaries: [{ port }] });
  for (const [file, port] of [[primary, 8086] as const, [worker, 8087] as const]) {
    await mkdir(dirname(file));
    await writeFile(file, text(port));
  }
  assert.ok((await setState({ file: worker, registries: units }, { id: 'web8087', state: 'drain' })).ok);
  assert.deepEqual((await readShown(primary)).versions, []);
  await assert.rejects(restoreVersion({ file: primary, registries: units }, 1), NotThere);
  assert.equal(await readFile(primary, 'utf8'), text(8086));
  assert.equal((await readShown(worker)).versions.length, 1);
});

test('a list of the same name as its config, or as another list, comes back where it was', async (t) => {
  const about = await config(t, '{ "secondaries": "lists/usher.json" }');
  const list = join(about.folder, 'lists', 'usher.json');
  await mkdir(dirname(list));
  await writeFile(list, '[{ "port": 8086 }]');
  assert.ok((await setState(about, { id: 'web8086', state: 'drain' })).ok);
  const other = join(about.folder, 'other', 'usher.json');
  await mkdir(dirname(other));
  await writeFile(other, '[{ "port": 9090 }]');
  await keepVersion(about.file, other);

  const { versions } = await readShown(about.file);
  assert.deepEqual(
    versions.map(({ number, name }) => [number, name]),
    [[1, 'lists/usher.json']],
  );
  assert.ok((await restoreVersion(about, 1)).ok);
  assert.equal(await readFile(list, 'utf8'), '[{ "port": 8086 }]');
  assert.equal(await readFile(about.file, 'utf8'), '{ "secondaries": "lists/usher.json" }');
});

test('versions go with a folder that is moved, and with the file behind a link', async (t) => {
  const about = await config(t);
  await setState(about, { id: 'web8087', state: 'drain' });
  const moved = `${about.folder}-moved`;
  t.after(() => rm(moved, { recursive: true, force: true }));
  await rename(about.folder, moved);
  await mkdir(about.folder);
  await symlink(join(moved, 'usher.json'), about.file);
  assert.equal((await readShown(about.file)).versions.length, 1);
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

  for (const unfit of ['[]', Buffer.from('[{ "port": 8086, "id": "\xe9" }]', 'latin1')]) {
    await writeFile(list, unfit);
    const number = await keepVersion(about.file, list);
    await writeFile(list, '[{ "port": 8086 }]');
    const refused = await restoreVersion(about, number ?? 0);
    assert.ok(!refused.ok);
    assert.equal(refused.because, 'would-break');
    assert.equal(refused.mistakes.length, 1);
    assert.equal(await readFile(list, 'utf8'), '[{ "port": 8086 }]');
  }
});

test('a version that is not there, a folder or a link in its place are a sentence', async (t) => {
  const about = await config(t);
  const versions = await versionsFolder(about.file);
  await mkdir(join(versions, 'usher.json.4'), { recursive: true });
  await symlink('/nowhere', join(versions, 'usher.json.5'));
  await symlink(about.file, join(versions, 'usher.json.6'));
  for (const version of [0, 4, 5, 6, 99, -1]) {
    const changed = await makeChange(about, { kind: 'restore', version });
    assert.ok(!changed.ok);
    assert.equal(changed.because, 'missing');
    assert.match(changed.words, /no version/);
  }
  assert.equal(await readFile(about.file, 'utf8'), TEXT);
});

test('where versions cannot be kept, an edit counts all the same and says so', async (t) => {
  const about = await config(t);
  await symlink(await tempFolder(t), await versionsFolder(about.file));
  const changed = await makeChange(about, { kind: 'set', id: 'web8087', values: { weight: 2 } });
  assert.ok(changed.ok && changed.isNew);
  assert.equal(changed.version, undefined);
  assert.match(await readFile(about.file, 'utf8'), /"port": 8087, "weight": 2/);
});

/** What a person may have left in the file that nobody can read as a config. */
const UNREADABLE = {
  'Latin-1': Buffer.from('{ "secondaries": [{ "port": 8086 }], "names": ["caf\xe9"] }', 'latin1'),
  'more than 4 MiB': Buffer.alloc(6_000_000, '[1],'),
};

for (const [name, bytes] of Object.entries(UNREADABLE)) {
  test(`what a version replaces is kept byte for byte, also ${name}`, async (t) => {
    const about = await config(t);
    await setState(about, { id: 'web8087', state: 'drain' });
    await writeFile(about.file, bytes);
    const restored = await makeChange(about, { kind: 'restore', version: 1 });
    assert.ok(restored.ok);
    assert.equal(restored.version, 2);
    assert.equal(await readFile(about.file, 'utf8'), TEXT);
    assert.deepEqual(await readFile(join(await versionsFolder(about.file), 'usher.json.2')), bytes);
  });

  test(`an edit for another state of the files is refused, also where both are ${name}`, async (t) => {
    const about = await config(t);
    await setState(about, { id: 'web8087', state: 'drain' });
    await writeFile(about.file, bytes);
    const { tag } = await readShown(about.file);
    assert.equal((await readShown(about.file)).tag, tag);
    await writeFile(about.file, Buffer.concat([bytes, Buffer.from(' ')]));
    const late = await makeChange({ ...about, onlyIf: tag }, { kind: 'restore', version: 1 });
    assert.ok(!late.ok);
    assert.equal(late.because, 'outdated');
    assert.equal((await stat(about.file)).size, bytes.length + 1);
  });
}

test('a version is not brought back over what cannot be kept', async (t) => {
  const about = await config(t);
  await setState(about, { id: 'web8087', state: 'drain' });
  const [kept] = await listVersions(about.file, [about.file]);
  assert.ok(kept !== undefined);
  // a folder that is one no more: the version can be read, and none be written
  const versions = await versionsFolder(about.file);
  const elsewhere = await tempFolder(t);
  await rename(versions, join(elsewhere, 'versions'));
  await symlink(join(elsewhere, 'versions'), versions);
  await writeFile(about.file, 'of use to somebody');
  const changed = await makeChange(about, { kind: 'restore', version: 1 });
  assert.ok(!changed.ok);
  assert.match(changed.words, /could not be kept/);
  assert.equal(await readFile(about.file, 'utf8'), 'of use to somebody');
});

test('what a person saves during an edit is in the file, with the edit', async (t) => {
  const about = await config(t);
  const saved = TEXT.replace('8086', '8086, "weight": 7');
  let looks = 0;
  const edited = await editConfig(about, ({ secondaries }) => {
    looks += 1;
    if (looks === 2) {
      // as vim saves
      writeFileSync(`${about.file}~`, saved);
      renameSync(`${about.file}~`, about.file);
    }
    return [{ path: ['secondaries', secondaries.length - 1, 'state'], value: 'drain' }];
  });
  assert.ok(edited.ok);
  assert.equal(await readFile(about.file, 'utf8'), saved.replace('8087', '8087, "state": "drain"'));
  assert.equal(edited.before, saved);
  const [newest] = await listVersions(about.file, [about.file]);
  assert.ok(newest !== undefined);
  assert.deepEqual(await readVersion(about.file, newest), { ok: true, text: saved });
});

test('an edit for another state of the files is refused', async (t) => {
  const about = await config(t);
  const { tag } = await readShown(about.file);
  await setState(about, { id: 'web8086', state: 'drain' });
  const text = await readFile(about.file, 'utf8');
  const late = await makeChange({ ...about, onlyIf: tag }, { kind: 'remove', id: 'web8087' });
  assert.ok(!late.ok);
  assert.equal(late.because, 'outdated');
  assert.equal(await readFile(about.file, 'utf8'), text);
});

test('of editors who saw the same state one wins, and the others are told', async (t) => {
  const about = await config(t);
  const { tag } = await readShown(about.file);
  const results = await Promise.all(
    [2, 3, 4, 5, 6].map((weight) =>
      makeChange({ ...about, onlyIf: tag }, { kind: 'set', id: 'web8086', values: { weight } }),
    ),
  );
  const [winner, ...none] = results.filter(({ ok }) => ok);
  assert.ok(winner !== undefined && none.length === 0);
  assert.deepEqual(new Set(results.map((one) => one.ok || one.because)), new Set([true, 'outdated']));
  assert.equal((await readShown(about.file)).tag, winner.ok && winner.tag);
});

test('of a config only the list is shown', async (t) => {
  const about = await config(t, '{ "admin": { "password": "scrypt$x" }, "secondaries": [{ "port": 8086 }] }');
  const shown = await readShown(about.file);
  assert.deepEqual(shown.secondaries, [{ port: 8086 }]);
  assert.doesNotMatch(JSON.stringify(shown), /scrypt/);
  for (const broken of ['', '{', '[]', 'null', '{"secondaries":{}}', '{"secondaries":"gone.json"}']) {
    await writeFile(about.file, broken);
    assert.deepEqual((await readShown(about.file)).secondaries, []);
  }
});
