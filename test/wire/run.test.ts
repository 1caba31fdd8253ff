import assert from 'node:assert/strict';
import { existsSync, readFileSync, watch } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { createWire } from '../../src/wire/create-wire.ts';
import { tempFolder } from '../real/program.ts';
import { realClock, wireOf } from './wire-of.ts';

const shell = (script: string): [string, ...string[]] => ['sh', '-c', script];

/** A folder in which a script leaves process ids. */
const folderOf = async (t: TestContext): Promise<string> => {
  const { folder, remove } = await tempFolder();
  t.after(remove);
  return folder;
};

/** Resolves once the file is there with a whole line in it. */
const written = (file: string): Promise<string> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (!existsSync(file) || !readFileSync(file, 'utf8').endsWith('\n')) return;
      watcher.close();
      resolve(readFileSync(file, 'utf8').trim());
    };
    const watcher = watch(path.dirname(file), look);
    look();
  });

/** Whether a process runs; one that was killed may wait to be reaped by whoever inherited it. */
const runs = (pid: string): boolean =>
  existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

/** Resolves once a process that was killed is dead; the kernel takes its time. */
const gone = async (pid: string): Promise<void> => {
  while (runs(pid)) await new Promise((resolve) => setTimeout(resolve, 2));
};

test('a program that ends leaves its exit code and what it printed', async (t) => {
  assert.deepEqual(await wireOf(t).run({ argv: shell('echo hi; echo no >&2; exit 3'), timeoutMs: 5000 }), {
    ok: true,
    code: 3,
    output: 'hi\n',
    complaint: 'no\n',
  });
});

test('no shell reads the arguments', async (t) => {
  const argv = ['printf', '%s', '$(id) `id` * ; id'] as const;
  const ran = await wireOf(t).run({ argv: [...argv], timeoutMs: 5000 });
  assert.equal(ran.ok && ran.output, '$(id) `id` * ; id');
});

test('a program learns PATH and what it is given, nothing else', async (t) => {
  process.env['SECRET_OF_OURS'] = 'x';
  const ran = await wireOf(t).run({ argv: ['env'], env: { USHER_ID: 'web1' }, timeoutMs: 5000 });
  assert.equal(ran.ok && ran.output, `PATH=${process.env['PATH']}\nUSHER_ID=web1\n`);
});

test('a program reads nothing from us', async (t) => {
  const ran = await wireOf(t).run({ argv: ['cat'], timeoutMs: 5000 });
  assert.deepEqual(ran, { ok: true, code: 0, output: '', complaint: '' });
});

test('a program that is missing, forbidden or killed is a failure that says which', async (t) => {
  const wire = createWire({ clock: realClock, path: '/usr/bin:/bin' });
  t.after(wire.close);
  const failing = async (...argv: [string, ...string[]]) => wire.run({ argv, timeoutMs: 5000 });
  assert.deepEqual(await failing('no-such-program'), {
    ok: false,
    failure: 'command',
    detail: 'no-such-program is not there',
  });
  assert.deepEqual(await failing('/etc/passwd'), {
    ok: false,
    failure: 'command',
    detail: '/etc/passwd may not be run',
  });
  assert.deepEqual(await failing(...shell('kill -9 $$')), {
    ok: false,
    failure: 'command',
    detail: 'sh was ended by SIGKILL',
  });
  const impossible = await failing('a\0b');
  assert.equal(!impossible.ok && impossible.failure, 'command');
});

test('a program that takes too long is killed with its children', async (t) => {
  const file = path.join(await folderOf(t), 'pid');
  const script = `sleep 60 & echo $! >${file}; wait`;
  const ran = await wireOf(t).run({ argv: shell(script), timeoutMs: 500 });
  assert.deepEqual(ran, { ok: false, failure: 'timeout', detail: 'sh took longer than 500 ms' });
  await gone(await written(file));
});

test('what a program leaves running in the background ends with it', async (t) => {
  const ran = await wireOf(t).run({ argv: shell('sleep 60 & echo $!'), timeoutMs: 5000 });
  assert.ok(ran.ok);
  await gone(ran.output.trim());
});

test('whoever slips away with the output in his hands does not hold up the answer', async (t) => {
  const ran = await wireOf(t).run({
    argv: shell('setsid sh -c "echo \\$\\$; exec sleep 60" & sleep 0.3'),
    timeoutMs: 10_000,
  });
  assert.ok(ran.ok);
  process.kill(Number(ran.output), 'SIGKILL');
});

test('of an endless output 64 KiB are kept', async (t) => {
  const ran = await wireOf(t).run({ argv: shell('head -c 300000 /dev/zero'), timeoutMs: 5000 });
  assert.equal(ran.ok && ran.output.length, 65_536);
  const endless = await wireOf(t).run({ argv: ['yes'], timeoutMs: 200 });
  assert.equal(!endless.ok && endless.failure, 'timeout');
});

test('closing the wire ends what runs', async (t) => {
  const file = path.join(await folderOf(t), 'pid');
  const wire = createWire({ clock: realClock });
  const running = wire.run({ argv: shell(`echo $$ >${file}; exec sleep 60`), timeoutMs: 60_000 });
  const pid = await written(file);
  await wire.close();
  assert.deepEqual(await running, { ok: false, failure: 'reset', detail: 'stopped by us' });
  const after = await wire.run({ argv: ['true'], timeoutMs: 5000 });
  assert.equal(after.ok, false);
  await gone(pid);
});
