import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { tempFolder } from '../../real/program.ts';

const launcher = fileURLToPath(new URL('../../../src/usher.js', import.meta.url));

/** Everybody below a process, as Linux tells. */
const below = (pid: number): readonly number[] => {
  const tasks = existsSync(`/proc/${pid}/task`) ? readdirSync(`/proc/${pid}/task`) : [];
  return tasks
    .flatMap((task) => textOf(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean).map(Number))
    .flatMap((child) => [child, ...below(child)]);
};

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

const isThere = (pid: number): boolean => {
  const state = /\) (\S)/.exec(textOf(`/proc/${pid}/stat`))?.[1];
  return state !== undefined && state !== 'Z';
};

const until = async (holds: () => boolean, what: string): Promise<void> => {
  const end = performance.now() + 60_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`not within a minute: ${what}`);
    await pause(50);
  }
};

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`the real simulation leaves no server behind when it gets ${signal}`, async (t) => {
    const { folder, remove } = await tempFolder();
    t.after(remove);
    const child = spawn(process.execPath, [launcher, 'simulate', '--real', '--quick'], {
      stdio: 'ignore',
      env: { ...process.env, TMPDIR: folder },
    });
    t.after(() => child.kill('SIGKILL'));
    const closed = once(child, 'close');
    // The second one starts when the first is at work.
    await until(() => readdirSync(folder).length >= 2, 'a second server starts');
    await until(() => below(child.pid ?? 0).length >= 3, 'servers and a worker');
    const servers = below(child.pid ?? 0);
    t.after(() => {
      for (const pid of servers.filter(isThere)) process.kill(pid, 'SIGKILL');
    });

    child.kill(signal);
    await closed;
    await until(() => !servers.some(isThere), 'all of them end');
    if (signal === 'SIGTERM') {
      assert.equal(child.exitCode, 1);
      assert.deepEqual(readdirSync(folder), [], 'nothing of theirs stays');
    }
  });
}
