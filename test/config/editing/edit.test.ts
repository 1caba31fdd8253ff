import assert from 'node:assert/strict';
import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { editConfig, setState } from '../../../src/config/editing/edit.ts';
import { ActionableError } from '../../../src/errors.ts';
import { tempFolder } from '../temp-folder.ts';
import { units } from '../units.ts';

const TEXT = `{
  "policy":   "random",
  "secondaries": [
    { "port": 8086, "weight": 2 },
    {
      "id": "b",
      "url": "https://b.example",
      "state": "drain"
    }
  ]
}
`;

test('a state is added where there was none, and nothing else of the file changes', async (t) => {
  const file = join(await tempFolder(t), 'usher.json');
  await writeFile(file, TEXT);
  const edited = await setState({ file, registries: units }, { id: 'web8086', state: 'maintenance' });
  assert.ok(edited.ok);
  assert.equal(
    await readFile(file, 'utf8'),
    TEXT.replace('"weight": 2 }', '"weight": 2, "state": "maintenance" }'),
  );
  assert.equal(edited.before, TEXT);
  assert.equal(edited.settings.secondaries[0]?.state, 'maintenance');
});

test('a state is changed in its place', async (t) => {
  const file = join(await tempFolder(t), 'usher.json');
  await writeFile(file, TEXT);
  await setState({ file, registries: units }, { id: 'b', state: 'ready' });
  assert.equal(await readFile(file, 'utf8'), TEXT.replace('"drain"', '"ready"'));
});

test('a state that is there already leaves the very file', async (t) => {
  const file = join(await tempFolder(t), 'usher.json');
  await writeFile(file, TEXT);
  const before = await stat(file);
  const edited = await setState({ file, registries: units }, { id: 'b', state: 'drain' });
  assert.ok(edited.ok);
  assert.equal(edited.after, edited.before);
  assert.equal((await stat(file)).ino, before.ino);
});

test('the list of its own is edited where the list is one', async (t) => {
  const folder = await tempFolder(t);
  const file = join(folder, 'usher.json');
  await writeFile(file, '{ "secondaries": "list.json" }');
  await writeFile(join(folder, 'list.json'), '[{ "port": 8086 }, { "port": 8087 }]');
  const edited = await setState({ file, registries: units }, { id: 'web8087', state: 'drain' });
  assert.ok(edited.ok);
  assert.equal(edited.file, join(folder, 'list.json'));
  assert.equal(await readFile(edited.file, 'utf8'), '[{ "port": 8086 }, { "port": 8087, "state": "drain" }]');
  assert.equal(await readFile(file, 'utf8'), '{ "secondaries": "list.json" }');
});

test('a link stays a link, and the file keeps its mode', async (t) => {
  const folder = await tempFolder(t);
  const real = join(folder, 'real', 'usher.json');
  await mkdir(join(folder, 'real'));
  await writeFile(real, TEXT);
  await chmod(real, 0o640);
  const file = join(folder, 'usher.json');
  await symlink(real, file);
  await setState({ file, registries: units }, { id: 'b', state: 'ready' });
  assert.ok((await lstat(file)).isSymbolicLink());
  assert.match(await readFile(real, 'utf8'), /"state": "ready"/);
  assert.equal((await stat(real)).mode & 0o777, 0o640);
  assert.deepEqual(await readdir(join(folder, 'real')), ['.usher-versions', 'usher.json']);
});

test('a secondary that is not there is told with the likely one', async (t) => {
  const file = join(await tempFolder(t), 'usher.json');
  await writeFile(file, TEXT);
  await assert.rejects(
    setState({ file, registries: units }, { id: 'web8068', state: 'drain' }),
    (error) => error instanceof ActionableError && /web8086/.test(error.remedy),
  );
  assert.equal(await readFile(file, 'utf8'), TEXT);
});

test('a config with mistakes is not edited', async (t) => {
  const file = join(await tempFolder(t), 'usher.json');
  const text = TEXT.replace('"random"', '"radnom"');
  await writeFile(file, text);
  const edited = await setState({ file, registries: units }, { id: 'b', state: 'ready' });
  assert.ok(!edited.ok);
  assert.equal(edited.mistakes[0]?.line, 2);
  assert.equal(await readFile(file, 'utf8'), text);
});

test('an edit that would not be in order is refused with its place, and the file stays', async (t) => {
  const file = join(await tempFolder(t), 'usher.json');
  await writeFile(file, TEXT);
  const edited = await editConfig({ file, registries: units }, () => [
    { path: ['secondaries', 2], value: { port: 8086, id: 'c' } },
  ]);
  assert.ok(!edited.ok);
  assert.equal(edited.mistakes[0]?.line, 10);
  assert.equal(await readFile(file, 'utf8'), TEXT);
});

test('secondaries are added, taken out and given another weight', async (t) => {
  const file = join(await tempFolder(t), 'usher.json');
  await writeFile(file, TEXT);
  const edited = await editConfig({ file, registries: units }, ({ secondaries }) => [
    { path: ['secondaries', 0, 'weight'], value: 3 },
    { path: ['secondaries', secondaries.length], value: { port: 8088 } },
    { path: ['secondaries', 1] },
  ]);
  assert.ok(edited.ok);
  assert.equal(
    await readFile(file, 'utf8'),
    `{
  "policy":   "random",
  "secondaries": [
    { "port": 8086, "weight": 3 },
    { "port": 8088 }
  ]
}
`,
  );
});

test('of many edits at once none is lost', async (t) => {
  const file = join(await tempFolder(t), 'usher.json');
  const ports = Array.from({ length: 12 }, (_, at) => 9001 + at);
  await writeFile(file, JSON.stringify({ secondaries: ports.map((port) => ({ port })) }, null, 2));
  await Promise.all(
    ports.map((port) => setState({ file, registries: units }, { id: `web${port}`, state: 'drain' })),
  );
  const { secondaries } = JSON.parse(await readFile(file, 'utf8')) as { secondaries: { state?: string }[] };
  assert.deepEqual(
    secondaries.map(({ state }) => state),
    ports.map(() => 'drain'),
  );
});
