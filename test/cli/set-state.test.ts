import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { drain, maintenance, ready } from '../../src/cli/set-state.ts';
import { tempFolder } from '../config/temp-folder.ts';
import { runCommand } from './run-command.ts';

const TEXT = '{\n  "secondaries": [ { "port": 8086 },   { "port": 8087 } ]\n}\n';

test('each verb writes its state and says what the secondary does now', async (t) => {
  const cwd = await tempFolder(t);
  const file = join(cwd, 'usher.json');
  await writeFile(file, TEXT);
  const states = [
    [drain, 'drain', /takes no new ones \(written to usher\.json\)/],
    [maintenance, 'maintenance', /takes no visitors \(written/],
    [ready, 'ready', /takes its share of visitors \(written/],
  ] as const;
  for (const [verb, state, says] of states) {
    const { code, out } = await runCommand(verb, ['web8087'], { cwd });
    assert.equal(code, 0);
    assert.match(out, says);
    assert.equal(
      await readFile(file, 'utf8'),
      TEXT.replace('{ "port": 8087 }', `{ "port": 8087, "state": "${state}" }`),
    );
  }
  const again = await runCommand(ready, ['web8087'], { cwd });
  assert.equal(again.code, 0);
  assert.match(again.out, /said so already/);
});

test('a secondary that is not there is told with those that are', async (t) => {
  const cwd = await tempFolder(t);
  await writeFile(join(cwd, 'usher.json'), TEXT);
  const { code, err } = await runCommand(drain, ['nobody'], { cwd });
  assert.equal(code, 1);
  assert.match(err, /web8086, web8087/);
  assert.equal(await readFile(join(cwd, 'usher.json'), 'utf8'), TEXT);
});

test('a config with mistakes is not touched', async (t) => {
  const cwd = await tempFolder(t);
  const text = TEXT.replace('8087', '6000');
  await writeFile(join(cwd, 'usher.json'), text);
  const { code, err } = await runCommand(drain, ['web8086'], { cwd });
  assert.equal(code, 1);
  assert.match(err, /:2:\d+: "port"/);
  assert.equal(await readFile(join(cwd, 'usher.json'), 'utf8'), text);
});

test('an end that is past is refused, and the file is as it was', async (t) => {
  const cwd = await tempFolder(t);
  const file = join(cwd, 'usher.json');
  await writeFile(file, TEXT);
  const { code, err } = await runCommand(maintenance, ['web8087', '--until', '2020-01-31T06:00:00Z'], {
    cwd,
  });
  assert.equal(code, 1);
  assert.match(err, /2020-01-31T06:00:00Z is over already/);
  assert.equal(await readFile(file, 'utf8'), TEXT);

  // what stands there already hurts nobody
  const ended = TEXT.replace('8087 }', '8087, "state": "drain", "until": "2020-01-31T06:00:00Z" }');
  await writeFile(file, ended);
  assert.equal((await runCommand(drain, ['web8086'], { cwd })).code, 0);
});

test('without an id, or with two, it is wrong use', async (t) => {
  const cwd = await tempFolder(t);
  assert.equal((await runCommand(drain, [], { cwd })).code, 2);
  assert.equal((await runCommand(drain, ['a', 'b'], { cwd })).code, 2);
});
