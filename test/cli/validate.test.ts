import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { validate } from '../../src/cli/validate.ts';
import { tempFolder } from '../config/temp-folder.ts';
import { runCommand } from './run-command.ts';

test('a config that is fine is said to be so in one line', async (t) => {
  const cwd = await tempFolder(t);
  await writeFile(
    join(cwd, 'usher.json'),
    '{ "secondaries": [{ "port": 8086 }, { "port": 8087, "state": "drain" }] }',
  );
  const { code, out, err } = await runCommand(validate, [], { cwd });
  assert.deepEqual({ code, err }, { code: 0, err: '' });
  assert.equal(
    out,
    'usher.json is fine: 2 secondaries (web8087 in drain), policy balance, checks cached, listening on 80\n',
  );
});

test('each mistake is a line that an editor can jump to', async (t) => {
  const cwd = await tempFolder(t);
  await mkdir(join(cwd, 'etc'));
  await writeFile(join(cwd, 'etc/usher.json'), '{\n  "polcy": "random",\n  "secondaries": "list.json"\n}');
  await writeFile(join(cwd, 'etc/list.json'), '[\n  { "port": 6000 }\n]');
  const { code, out } = await runCommand(validate, ['--config', 'etc/usher.json'], { cwd });
  assert.equal(code, 1);
  assert.deepEqual(out.trimEnd().split('\n'), [
    'etc/usher.json:2:3: unknown key, given "polcy", fits "policy"',
    'etc/list.json:2:13: "port" is a port that browsers refuse to visit, given 6000, fits another port, e.g. 80, 443, 8086',
  ]);
});

test('a config that is not there is a mistake with the remedy', async (t) => {
  const { code, out } = await runCommand(validate, [], { cwd: await tempFolder(t) });
  assert.equal(code, 1);
  assert.equal(out, 'usher.json:1:1: the file is not there, fits a file; "usher init" writes one\n');
});

test('as JSON it gives the mistakes, or the config with every default, which is fine again', async (t) => {
  const cwd = await tempFolder(t);
  await writeFile(join(cwd, 'usher.json'), '{ "secondaries": [{ "prot": 8086 }] }');
  const wrong = await runCommand(validate, ['--json'], { cwd });
  assert.equal(wrong.code, 1);
  const { ok, mistakes } = JSON.parse(wrong.out) as { ok: boolean; mistakes: object[] };
  assert.equal(ok, false);
  assert.deepEqual(mistakes, [
    {
      file: 'usher.json',
      line: 1,
      column: 21,
      path: 'secondaries[0].prot',
      what: 'unknown key',
      given: '"prot"',
      fits: '"port"',
    },
  ]);

  await writeFile(join(cwd, 'usher.json'), '{ "secondaries": [{ "port": 8086 }] }');
  const fine = await runCommand(validate, ['--json'], { cwd });
  const { config } = JSON.parse(fine.out) as { config: object };
  await writeFile(join(cwd, 'full.json'), JSON.stringify(config));
  const again = await runCommand(validate, ['--json', '--config', 'full.json'], { cwd });
  assert.equal(again.code, 0);
  assert.equal(again.out, fine.out);
});

test('wrong use is told with the right one', async (t) => {
  const { code, err } = await runCommand(validate, ['--bogus'], { cwd: await tempFolder(t) });
  assert.equal(code, 2);
  assert.match(err, /--bogus.*usage: usher validate/s);
});
