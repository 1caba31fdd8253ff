import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { init } from '../../src/cli/init.ts';
import { validate } from '../../src/cli/validate.ts';
import { tempFolder } from '../config/temp-folder.ts';
import { runCommand } from './run-command.ts';

test('what is named on the command line becomes a config that is fine', async (t) => {
  const cwd = await tempFolder(t);
  const args = ['--port', '8086', '--port', '8087', '--url', 'https://www2.example.org'];
  const { code, out, asked } = await runCommand(init, args, { cwd, answers: [] });
  assert.equal(code, 0);
  assert.match(out, /^usher\.json is written, with web8086, web8087, www2\.example\.org\.\n/);
  assert.deepEqual(asked, []);
  assert.equal(
    await readFile(join(cwd, 'usher.json'), 'utf8'),
    `{
  "secondaries": [
    { "port": 8086 },
    { "port": 8087 },
    { "url": "https://www2.example.org" }
  ]
}
`,
  );
  assert.equal((await runCommand(validate, [], { cwd })).code, 0);
});

test('whoever names nothing is asked', async (t) => {
  const cwd = await tempFolder(t);
  const { code, asked } = await runCommand(init, [], { cwd, answers: ['8086, 8087', ''] });
  assert.equal(code, 0);
  assert.equal(asked.length, 2);
  assert.match(await readFile(join(cwd, 'usher.json'), 'utf8'), /8086[^]*8087/);
});

test('where nobody can be asked, it is wrong use', async (t) => {
  const cwd = await tempFolder(t);
  assert.equal((await runCommand(init, [], { cwd })).code, 2);
  assert.equal((await runCommand(init, [], { cwd, answers: ['', ' '] })).code, 1);
  const { code, err } = await runCommand(init, ['--port', 'x'], { cwd });
  assert.equal(code, 2);
  assert.match(err, /--port x is no port/);
  assert.deepEqual(await readdir(cwd), []);
});

test('a config that is there is not overwritten, unless by force', async (t) => {
  const cwd = await tempFolder(t);
  await writeFile(join(cwd, 'usher.json'), 'mine');
  const refused = await runCommand(init, ['--port', '8086'], { cwd });
  assert.equal(refused.code, 1);
  assert.match(refused.err, /--force/);
  assert.equal(await readFile(join(cwd, 'usher.json'), 'utf8'), 'mine');
  assert.equal((await runCommand(init, ['--port', '8086', '--force'], { cwd })).code, 0);
  assert.match(await readFile(join(cwd, 'usher.json'), 'utf8'), /8086/);
});

test('what could not be used is not written', async (t) => {
  const cwd = await tempFolder(t);
  for (const args of [
    ['--port', '6000'],
    ['--port', '80'],
    ['--port', '8086', '--port', '8086'],
    ['--url', 'ftp://a.example'],
  ]) {
    const { code, err } = await runCommand(init, args, { cwd });
    assert.equal(code, 1, args.join(' '));
    assert.match(err, /secondaries\[/);
  }
  assert.deepEqual(await readdir(cwd), []);
});
