import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import test from 'node:test';
import { join } from 'node:path';
import type { Io } from '../../src/cli/command.ts';
import { report } from '../../src/cli/report.ts';
import { ActionableError } from '../../src/errors.ts';
import { childEnv, launcher, mortal } from '../outside/usher.ts';
import { freePort } from '../real/port.ts';
import { tempFolder } from '../real/program.ts';
import { startTcp } from '../real/tcp-server.ts';

test('a status page that cannot be read is told at the start, with the place and what to do, and the command goes on', async (t) => {
  const { folder, remove } = await tempFolder({});
  t.after(remove);
  const answers = await startTcp((socket) =>
    socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'),
  );
  t.after(answers.stop);
  const silent = `http://127.0.0.1:${String(await freePort())}`;
  for (const [option, origin, why, remedy] of [
    ['nginx', silent, 'refused: ', 'Start nginx, .*--nginx'],
    ['nginx', answers.origin, 'status: HTTP 404 ', 'stub_status;'],
    ['apache', answers.origin, 'status: HTTP 404 ', 'SetHandler server-status'],
  ] as const) {
    const args = ['report', `--${option}`, `${origin}/its?status`, '--listen', '127.0.0.1:0'];
    const [program, argv] = mortal([process.execPath, launcher, ...args]);
    const child = spawn(program, argv, { cwd: folder, env: childEnv(), stdio: 'pipe' });
    t.after(() => child.kill('SIGKILL'));
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    const ended = once(child, 'close');
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const started = JSON.parse((await lines.next()).value ?? '');
    assert.equal((await fetch(started.urls[0])).status, 503);
    child.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
    const [what = '', then = ''] = err.split('\n');
    assert.ok(what.startsWith('usher: ') && what.includes(` at ${origin}/its?status (${why}`), err);
    assert.match(then, new RegExp(remedy));
  }
});

test('the command serves figures until it is asked to end', async (t) => {
  const { folder, remove } = await tempFolder({ 'access.log': '' });
  t.after(remove);
  const args = ['report', '--log', 'access.log', '--listen', '127.0.0.1:0'];
  const [program, argv] = mortal([process.execPath, launcher, ...args]);
  const child = spawn(program, argv, { cwd: folder, env: childEnv(), stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const ended = once(child, 'close');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const started = JSON.parse((await lines.next()).value ?? '');
  assert.equal(started.type, 'started');
  const answer = await fetch(started.urls[0]);
  assert.deepEqual(await answer.json(), { done: 0 });
  child.kill('SIGTERM');
  const stopped = JSON.parse((await lines.next()).value ?? '');
  assert.deepEqual([stopped.type, stopped.because], ['stopped', 'SIGTERM']);
  assert.deepEqual(await ended, [0, null]);
});

const IO: Io = {
  ...{ out: () => assert.fail('it starts nothing'), err: () => undefined },
  ...{ cwd: '/', env: {}, isTty: false, color: false },
};

test('wrong use is told with the usage', async () => {
  for (const args of [
    [],
    ['--apache', 'http://127.0.0.1/server-status?auto', '--nginx', 'http://127.0.0.1/nginx_status'],
    ['--apache', '127.0.0.1/server-status'],
    ['--apache', 'ftp://127.0.0.1/'],
    ['--log', 'a.log', '--listen', 'nonsense:x'],
    ['--log', 'a.log', '--listen', '127.0.0.1'],
    ['--log', 'a.log', '--listen', '0.0.0.0:8078'],
    ['--log', 'a.log', '--allow', 'everybody'],
    ['a.log'],
  ]) {
    await assert.rejects(report.run(args, IO), (error) => {
      assert.ok(error instanceof ActionableError, `${args.join(' ')}: ${String(error)}`);
      assert.equal(error.exitCode, 2, args.join(' '));
      assert.match(error.remedy, /usage: usher report/);
      return true;
    });
  }
});

test('a log that is missing, or a port that is taken, is told in a sentence', async (t) => {
  const { folder, remove } = await tempFolder({ 'access.log': '' });
  t.after(remove);
  const taken = await startTcp(() => undefined);
  t.after(taken.stop);
  await assert.rejects(report.run(['--log', 'none.log'], { ...IO, cwd: folder }), {
    name: 'ActionableError',
    message: `The log ${join(folder, 'none.log')} cannot be followed: there is no such file.`,
  });
  await assert.rejects(
    report.run(['--log', 'access.log', '--listen', `127.0.0.1:${taken.port}`], { ...IO, cwd: folder }),
    { name: 'ActionableError', message: /another program listens there/ },
  );
});
