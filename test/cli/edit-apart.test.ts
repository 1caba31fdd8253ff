import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { editApart } from '../../src/cli/edit-apart.ts';

const folder = mkdtempSync(join(tmpdir(), 'usher-edit-apart-'));
after(() => {
  rmSync(folder, { recursive: true });
});

const TEXT = '{ "secondaries": [{ "port": 8086 }] }';
const file = join(folder, 'usher.json');
const about = { file };
const drain = { kind: 'set', id: 'web8086', values: { state: 'drain' } } as const;

/** A module in the place of the one that edits. */
const entry = (name: string, code: string): URL => {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, code);
  return pathToFileURL(path);
};

test('a config is edited in a process of its own, and what became of it comes back', async () => {
  writeFileSync(file, TEXT);
  const changed = await editApart(about, drain);
  assert.ok(changed.ok && changed.isNew);
  assert.equal(changed.version, 1);
  assert.equal(readFileSync(file, 'utf8'), TEXT.replace('8086', '8086, "state": "drain"'));
  const refused = await editApart({ ...about, onlyIf: 'another' }, drain);
  assert.equal(refused.ok || refused.because, 'outdated');
});

test('a process that is killed, or does not answer, is a sentence', async () => {
  writeFileSync(file, TEXT);
  const killed = entry('killed', "process.once('message', () => process.kill(process.pid, 'SIGKILL'));");
  const deaf = entry('deaf', "process.on('message', () => {}); setInterval(() => {}, 1000);");
  for (const options of [{ entry: killed }, { entry: deaf, deadlineMs: 300 }]) {
    const changed = await editApart(about, drain, options);
    assert.ok(!changed.ok);
    assert.equal(changed.because, 'unwritable');
    assert.match(changed.words, /Look at the config before you try again\.$/);
  }
  assert.equal(readFileSync(file, 'utf8'), TEXT);
});

test('where no process can be started, that is a sentence too', async () => {
  const changed = await editApart(about, drain, { entry: new URL('http://localhost/none') });
  assert.ok(!changed.ok);
  assert.match(changed.words, /^No process could be started for it: /);
});

test('a failure that nobody foresaw is told with its reason', async () => {
  writeFileSync(file, TEXT);
  const changed = await editApart(about, { kind: 'no such kind' } as never);
  assert.ok(!changed.ok);
  assert.equal(changed.because, 'unwritable');
  assert.match(changed.words, /^The edit failed: .*undefined.*\. Look at the config before you try again\.$/);
  assert.equal(readFileSync(file, 'utf8'), TEXT);
});
