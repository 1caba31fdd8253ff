import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { drain } from '../../src/cli/set-state.ts';
import { ActionableError } from '../../src/errors.ts';
import { pretend, secondary, takenPort } from '../dashboard/pretend.ts';
import { openAdmin } from '../doors/open-admin.ts';
import { childEnv, launcher } from '../outside/usher.ts';
import { terminal } from './terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'usher-wait-'));
after(() => {
  rmSync(folder, { recursive: true });
});

const configFor = (port: number): string => {
  const file = join(folder, `usher-${port}.json`);
  const secondaries = [{ port: 8086, id: 'web1' }, { port: 8087 }];
  writeFileSync(file, JSON.stringify({ admin: { listen: `127.0.0.1:${port}` }, secondaries }));
  return file;
};

/** An Usher whose cookies live for so long, and that takes no file over by itself. */
const usher = async (forMs: number) => {
  const pool = pretend([secondary('web1'), secondary('web2')]);
  pool.configure({ affinity: { cookie: 'usher', forMs } });
  pool.round();
  const { port } = await openAdmin(pool);
  const takeOver = (): void => {
    pool.configure({ secondaries: [secondary('web1', { state: 'drain' }), secondary('web2')] });
  };
  return { pool, file: configFor(port), takeOver };
};

test('it waits until the last cookie has ended, and says how many are left', async () => {
  const { pool, file, takeOver } = await usher(3000);
  pool.visit('web1', { chosen: 1200 });
  const { io, out, err } = terminal();
  const done = drain.run(['web1', '--wait', '--config', file], io);
  setTimeout(takeOver, 1500);
  assert.equal(await done, 0);
  assert.match(readFileSync(file, 'utf8'), /"state": "drain"/);
  assert.match(
    err(),
    /^about 1,200 left, and whoever came before Usher started, the last for \d s at most\n/,
  );
  assert.match(out(), /takes no new ones \(written to .*\nnobody is left on web1\n$/);
});

test('whoever sets it back meanwhile ends the waiting with a sentence', async () => {
  const { pool, file, takeOver } = await usher(3_600_000);
  takeOver();
  const { io, err } = terminal({
    err: (text) => {
      printed += text;
      pool.configure({ secondaries: [secondary('web2')] });
    },
  });
  let printed = '';
  await assert.rejects(
    drain.run(['web1', '--wait', '--config', file], io),
    (error) => error instanceof ActionableError && /no web1 in its list/.test(error.message),
  );
  assert.match(printed, /^whoever came before Usher started may be left, the last for \d+ min at most\n$/);
  assert.equal(err(), '');
});

test('where Usher is not running, the state is written and a sentence says so', async () => {
  const { port, free } = await takenPort();
  await free();
  const file = configFor(port);
  await assert.rejects(
    drain.run(['web1', '--wait', '--config', file], terminal().io),
    (error) => error instanceof ActionableError && /not running/.test(error.message),
  );
  assert.match(readFileSync(file, 'utf8'), /"state": "drain"/);
});

test('Ctrl-C leaves it draining', async () => {
  const { file, takeOver } = await usher(3_600_000);
  takeOver();
  const child = spawn(process.execPath, [launcher, 'drain', 'web1', '--wait', '--config', file], {
    env: childEnv(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said] = (await once(child.stderr, 'data')) as [Buffer];
  assert.match(said.toString(), /left, the last for/);
  child.kill('SIGINT');
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  assert.ok(signal === 'SIGINT' || code === 130, `${String(code)} ${String(signal)}`);
  assert.match(readFileSync(file, 'utf8'), /"state": "drain"/);
});

test('it is asked for with drain only', async () => {
  const { maintenance, ready } = await import('../../src/cli/set-state.ts');
  for (const verb of [maintenance, ready]) {
    await assert.rejects(
      verb.run(['web1', '--wait'], terminal().io),
      (error) => error instanceof ActionableError && error.exitCode === 2,
    );
  }
});
