import assert from 'node:assert/strict';
import { chmod, lstat, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeChange } from '../../../src/config/editing/change.ts';
import { editConfig, setState } from '../../../src/config/editing/edit.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { ActionableError } from '../../../src/errors.ts';
import { defineUnit } from '../../../src/unit.ts';
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

test('what would make a file larger than 4 MiB is refused, and the file is as it was', async (t) => {
  const folder = await tempFolder(t);
  const file = join(folder, 'usher.json');
  const most = 4 * 1024 * 1024;
  const drain = { id: 'web8086', state: 'drain' } as const;
  const list = '[{ "port": 8086 }, { "port": 8087, "id": "b" }]';
  const added = ', "state": "drain"'.length;
  for (const edited of [file, join(folder, 'list.json')]) {
    const whole = edited === file ? `{ "secondaries": ${list} }` : list;
    if (edited !== file) await writeFile(file, '{ "secondaries": "list.json" }');
    const full = whole.padEnd(most - added + 1);
    await writeFile(edited, full);
    await assert.rejects(setState({ file, registries: units }, drain), (error) => {
      assert.ok(error instanceof ActionableError);
      assert.equal(
        error.message,
        `${edited} would be larger than 4 MiB then, the most that a config may have. It is as it was.`,
      );
      return true;
    });
    const change = { kind: 'set', id: 'web8086', values: { state: 'drain' } } as const;
    const changed = await makeChange({ file, registries: units }, change);
    assert.equal(changed.ok || changed.because, 'would-break');
    assert.equal(await readFile(edited, 'utf8'), full);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith('.')),
      [],
    );

    await writeFile(edited, whole.padEnd(most - added));
    assert.ok((await setState({ file, registries: units }, drain)).ok);
    await rm(join(folder, '.usher-versions'), { recursive: true });
  }
});

test('an edit judges the config as it is and as it will be, each once', async (t) => {
  const file = join(await tempFolder(t), 'usher.json');
  await writeFile(file, '{ "secondaries": [{ "port": 8086, "ping": "counted" }] }');
  let made = 0;
  const counted = defineUnit({ summary: 'Counts.', options: () => ({}), make: () => (made += 1) });
  const registries = { ...units, checks: { ...units.checks, counted } };
  await loadConfig(file, registries);
  const once = made;
  made = 0;
  const reserved = { inForce: { programs: [], admin: '' }, takenOut: [] };
  const edited = await setState({ file, registries, reserved }, { id: 'web8086', state: 'drain' });
  assert.ok(edited.ok && edited.after !== edited.before);
  assert.equal(made, 2 * once);
});
