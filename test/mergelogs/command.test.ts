import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Io } from '../../src/cli/command.ts';
import { mergelogs } from '../../src/cli/mergelogs.ts';
import { ActionableError } from '../../src/errors.ts';
import { childEnv, launcher, mortal, runUsher } from '../outside/usher.ts';
import { tempFolder } from '../real/program.ts';
import { startNameServer } from './name-server.ts';
import { logLine } from './sources.ts';

const START = 1_760_000_000;

const folderOf = async (
  t: TestContext,
  files: Readonly<Record<string, string | Buffer>>,
): Promise<string> => {
  const { folder, remove } = await tempFolder(files);
  t.after(remove);
  return folder;
};

const log = (...lines: readonly (readonly [number, string])[]): string =>
  lines.map(([second, what]) => `${logLine(START + second, what)}\n`).join('');

const A = log([0, 'a'], [2, 'c'], [4, 'e']);
const B = log([1, 'b'], [3, 'd']);
const AB = log([0, 'a'], [1, 'b'], [2, 'c'], [3, 'd'], [4, 'e']);

const QUIET: Omit<Io, 'cwd'> = {
  ...{ out: () => assert.fail('it says nothing there'), err: () => undefined },
  ...{ env: {}, isTty: false, color: false },
};

/** Runs the command in this process, with the output in a file. */
const run = async (
  cwd: string,
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly err: string; readonly written: string }> => {
  let err = '';
  const io: Io = { ...QUIET, cwd, err: (text) => void (err += text) };
  const code = await mergelogs.run([...args, '--output', 'all.log'], io);
  return { code, err, written: await readFile(join(cwd, 'all.log'), 'utf8') };
};

test('logs are merged to standard output, plain and gzip together', async (t) => {
  const cwd = await folderOf(t, { 'a.log': A, 'b.log.gz': gzipSync(B) });
  assert.deepEqual(await runUsher(['mergelogs', 'a.log', 'b.log.gz'], { cwd }), {
    code: 0,
    out: AB,
    err: '',
  });
});

test('standard input stands among the files as a dash', async (t) => {
  const cwd = await folderOf(t, { 'a.log': A });
  const [program, argv] = mortal([process.execPath, launcher, 'mergelogs', '-', 'a.log']);
  const child = spawn(program, argv, { cwd, env: childEnv(), stdio: ['pipe', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  child.stdin.end(gzipSync(B));
  const [code] = await once(child, 'close');
  assert.deepEqual([code, out], [0, AB]);
});

test('a missing log makes the exit code 1, the others are merged, and the counts come as JSON', async (t) => {
  const cwd = await folderOf(t, { 'a.log': `${A}noise\n`, 'b.log': B });
  const told = await run(cwd, 'a.log', 'missing.log', 'b.log', '--json');
  assert.deepEqual([told.code, told.written], [1, AB]);
  const { files, lines, bytes } = JSON.parse(told.err);
  assert.deepEqual([lines, bytes], [5, AB.length]);
  assert.deepEqual(files[0], { file: 'a.log', lines: 4, unread: 1, tooLong: 0, late: 0, firstUnread: 4 });
  assert.match(files[1].error, /no such file/);

  const said = await run(cwd, 'a.log', 'missing.log', 'b.log', '--keep-unread');
  assert.deepEqual([said.code, said.written], [1, `${AB}noise\n`]);
  assert.deepEqual(said.err.split('\n'), [
    'usher: a.log: 1 line without a time that can be read, first line 4: kept.',
    'usher: missing.log cannot be read: there is no such file.',
    '',
  ]);
});

test('an output file has its name only when it is whole, and keeps what it had until then', async (t) => {
  const cwd = await folderOf(t, { 'a.log': A, 'b.log': B, 'all.log': 'old\n' });
  assert.deepEqual(await run(cwd, 'a.log', 'b.log'), { code: 0, err: '', written: AB });
  assert.deepEqual((await readdir(cwd)).sort(), ['a.log', 'all.log', 'b.log']);

  const [program, argv] = mortal([process.execPath, launcher, 'mergelogs', '-', '--output', 'all.log']);
  const child = spawn(program, argv, { cwd, env: childEnv(), stdio: ['pipe', 'inherit', 'inherit'] });
  child.stdin.on('error', () => undefined); // it is gone before it has read all
  child.stdin.write(A.repeat(20_000));
  // Once something is in it, it hears signals.
  const draft = join(cwd, `all.log.${child.pid ?? 0}.part`);
  while (((await stat(draft).catch(() => undefined))?.size ?? 0) === 0) await stat(cwd);
  child.kill('SIGINT');
  const [, signal] = await once(child, 'close');
  assert.equal(signal, 'SIGINT');
  assert.equal(await readFile(join(cwd, 'all.log'), 'utf8'), AB);
  assert.deepEqual((await readdir(cwd)).sort(), ['a.log', 'all.log', 'b.log']);
});

test('a log is never written over, whatever it is called', async (t) => {
  const cwd = await folderOf(t, { 'a.log': A, 'b.log': B });
  await symlink('a.log', join(cwd, 'all.log'));
  await assert.rejects(run(cwd, 'b.log', 'a.log'), {
    name: 'ActionableError',
    message: /all\.log is one of the logs/,
  });
  assert.equal(await readFile(join(cwd, 'a.log'), 'utf8'), A);
});

test('an output that cannot be written is told in a sentence', async (t) => {
  const cwd = await folderOf(t, { 'a.log': A });
  for (const output of ['no/such/folder/all.log', '/dev/full']) {
    await assert.rejects(mergelogs.run(['a.log', '--output', output], { ...QUIET, cwd }), {
      name: 'ActionableError',
      message: /cannot be written: /,
    });
  }
});

test('a reader that has seen enough ends the merge without a complaint', async (t) => {
  const cwd = await folderOf(t, { 'a.log': A.repeat(100_000) });
  const [program, argv] = mortal([process.execPath, launcher, 'mergelogs', 'a.log']);
  const child = spawn(program, argv, { cwd, env: childEnv(), stdio: ['ignore', 'pipe', 'pipe'] });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [code] = await once(child, 'close');
  assert.deepEqual([code, err], [0, '']);
});

test('names are added by the name server that is given', async (t) => {
  const server = await startNameServer(t, () => 'visitor.example');
  const cwd = await folderOf(t, { 'a.log': A });
  const { code, written } = await run(cwd, 'a.log', '--resolve', '--dns', server.address);
  assert.deepEqual([code, written], [0, A.replaceAll('\n', ' host=visitor.example\n')]);
});

test('wrong use is told with the usage', async (t) => {
  const cwd = await folderOf(t, { 'a.log': A });
  for (const args of [
    [],
    ['-', '-'],
    ['a.log', '--dns', '192.0.2.1'],
    ['a.log', '--resolve', '--dns', 'ns.example'],
    ['a.log', '--resolve', '--dns', '192.0.2.1:99999'],
    ['a.log', '--nonsense'],
  ]) {
    await assert.rejects(mergelogs.run(args, { ...QUIET, cwd }), (error) => {
      assert.ok(error instanceof ActionableError, String(error));
      assert.equal(error.exitCode, 2, args.join(' '));
      assert.match(error.remedy, /usage: usher mergelogs/);
      return true;
    });
  }
});

test('a large log needs little memory', async (t) => {
  const cwd = await folderOf(t, {});
  const piece = Array.from({ length: 5_000 }, (_, at) => `${logLine(START + at, 'x'.repeat(150))}\n`).join(
    '',
  );
  await writeFile(join(cwd, 'large.log'), piece.repeat(100));
  const measure = `process.on('exit', () => process.stderr.write(String(process.resourceUsage().maxRSS)))`;
  const kib = async (file: string): Promise<number> => {
    const { err } = await runUsher(['mergelogs', file, '--output', '/dev/null'], {
      cwd,
      env: { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(measure)}"` },
    });
    return Number(/\d+$/.exec(err)?.[0]);
  };
  await writeFile(join(cwd, 'small.log'), A);
  const [large, small] = [await kib('large.log'), await kib('small.log')];
  assert.ok(large - small < 40_000, `${large} KiB for 110 MB, ${small} KiB for a few lines`);
});
