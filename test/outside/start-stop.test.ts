import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { freePort } from '../real/port.ts';
import { askRaw, openRaw, requestText } from './raw.ts';
import { startSecondary } from './secondary.ts';
import { until } from './until.ts';
import { childEnv, launcher, runUsher, startUsher } from './usher.ts';

const isRoot = userInfo().uid === 0;
/** An account that may do nothing special. */
const NOBODY = 65_534;
const asNobody = isRoot ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : [];

/** A folder with an `usher.json`, gone after the test. */
const folderWith = async (t: TestContext, config: Record<string, unknown> = {}): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'usher-start-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const whole = {
    listen: [{ host: '127.0.0.1', port: await freePort() }],
    admin: { listen: `127.0.0.1:${await freePort()}` },
    secondaries: [{ port: await freePort() }],
    ...config,
  };
  writeFileSync(join(folder, 'usher.json'), JSON.stringify(whole));
  return folder;
};

/** A refusal to start that a person can act on: two lines, no stack trace, and the exit code that it should have. */
const assertRefusal = (
  { code, out, err }: Awaited<ReturnType<typeof runUsher>>,
  expected: { readonly code: number; readonly says: RegExp },
): void => {
  const story = `exit ${code}\n${out}${err}`;
  assert.match(err, expected.says, story);
  assert.equal(code, expected.code, story);
  assert.doesNotMatch(out + err, /^\s+at .*:\d+:\d+|node:internal/m, story);
  // What is wrong, and what to do about it.
  assert.ok(err.trim().split('\n').length >= 2, story);
};

/** Holds a port as another program would. */
const holdPort = async (t: TestContext): Promise<number> => {
  const port = await freePort();
  const server = createServer((socket: Socket) => socket.destroy()).listen({ port, host: '127.0.0.1' });
  t.after(() => server.close());
  await once(server, 'listening');
  return port;
};

describe('a start that cannot be', () => {
  test('on a port that is taken says which', async (t) => {
    const port = await holdPort(t);
    const cwd = await folderWith(t, { listen: [{ host: '127.0.0.1', port }] });
    assertRefusal(await runUsher(['start'], { cwd }), { code: 1, says: new RegExp(`\\b${port}\\b.*taken`) });
  });

  test('on a port that is taken is refused with several threads, too', async (t) => {
    const port = await holdPort(t);
    const cwd = await folderWith(t, { threads: 2, listen: [{ host: '127.0.0.1', port }] });
    assertRefusal(await runUsher(['start'], { cwd }), { code: 1, says: new RegExp(`\\b${port}\\b.*taken`) });
  });

  test('because another Usher has the port already, says so, and leaves that one alone', async (t) => {
    const first = await startUsher({ config: { threads: 2, secondaries: [{ port: await freePort() }] } });
    t.after(first.stop);
    const cwd = await folderWith(t, { threads: 2, listen: [{ host: '127.0.0.1', port: first.port }] });
    assertRefusal(await runUsher(['start'], { cwd }), {
      code: 1,
      says: new RegExp(`\\b${first.port}\\b.*taken`),
    });
    assert.ok((await askRaw(first.port, requestText('GET /x'))).status > 0);
  });

  test('with the admin port taken says which', async (t) => {
    const port = await holdPort(t);
    const cwd = await folderWith(t, { admin: { listen: `127.0.0.1:${port}` } });
    assertRefusal(await runUsher(['start'], { cwd }), { code: 1, says: new RegExp(`\\b${port}\\b`) });
  });

  test('on an address that is not of this machine says so', async (t) => {
    const cwd = await folderWith(t, { listen: [{ host: '192.0.2.1', port: await freePort() }] });
    assertRefusal(await runUsher(['start'], { cwd }), { code: 1, says: /192\.0\.2\.1/ });
  });

  test('on a port that this user may not have says what would help', async (t) => {
    // Where everybody may listen on low ports there is nothing to refuse; the namespace has the usual limit.
    const cwd = await folderWith(t, { listen: [{ host: '127.0.0.1', port: 81 }] });
    chmodSync(cwd, 0o777);
    const inNamespace = ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', '-', ...asNobody];
    assert.ok(isRoot, 'needs root, to make a network namespace in which port 81 is refused');
    assertRefusal(await runUsher(['start'], { cwd, wrapper: inNamespace }), { code: 1, says: /\b81\b/ });
  });

  test('without the config that was named says which file', async (t) => {
    const cwd = await folderWith(t);
    assertRefusal(await runUsher(['start', '--config', 'nowhere.json'], { cwd }), {
      code: 1,
      says: /nowhere\.json/,
    });
  });

  test('with a broken config says file, line, column and the likely spelling of every mistake', async (t) => {
    const cwd = await folderWith(t);
    writeFileSync(
      join(cwd, 'usher.json'),
      '{\n  "secondaries": [\n    { "prot": 8086 },\n    { "port": "x" }\n  ],\n  "polcy": "random"\n}\n',
    );
    const ended = await runUsher(['start'], { cwd });
    assertRefusal(ended, { code: 1, says: /usher\.json:3:\d+.*prot.*port/ });
    assert.match(ended.err, /usher\.json:4:\d+/);
    assert.match(ended.err, /usher\.json:6:\d+.*polcy.*policy/);
  });

  test('with a config that is no file says so', async (t) => {
    const cwd = await folderWith(t);
    rmSync(join(cwd, 'usher.json'));
    mkdirSync(join(cwd, 'usher.json'));
    assertRefusal(await runUsher(['start'], { cwd }), { code: 1, says: /usher\.json/ });
  });

  test('in a folder that cannot be written says which', async (t) => {
    const cwd = await folderWith(t);
    chmodSync(cwd, 0o555);
    const ended = await runUsher(['start'], { cwd, wrapper: asNobody });
    assertRefusal(ended, { code: 1, says: new RegExp(cwd) });
  });

  test('with an option that is not there is wrong use', async () => {
    assertRefusal(await runUsher(['start', '--prot', '80']), { code: 2, says: /--prot/ });
  });

  test('with a verb that is not there is wrong use, and names the likely one', async () => {
    assertRefusal(await runUsher(['strat']), { code: 2, says: /strat[\s\S]*start/ });
  });
});

describe('a stop', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`by ${signal} lets an open visit finish, takes no new one, and ends with 0`, async (t) => {
      const usher = await startUsher({
        config: { checks: { from: 'none' }, secondaries: [{ port: await freePort() }] },
      });
      t.after(usher.stop);
      const raw = await openRaw(usher.port);
      raw.write('GET /open HTTP/1.1\r\nHost: www.example.');
      // An answer on another connection, and a moment: the half request has been read.
      await askRaw(usher.port, requestText('GET /x'));
      await new Promise((resolve) => setTimeout(resolve, 100));
      const signalledAt = Date.now();
      usher.signal(signal);
      await assert.rejects(async () => {
        for (;;) (await openRaw(usher.port)).close();
      }, /ECONNREFUSED|ECONNRESET/);
      raw.write('org\r\n\r\n');
      const reply = await raw.reply();
      assert.equal(reply?.status, 302);
      await raw.closed;
      assert.deepEqual(await usher.ended, { code: 0, signal: null });
      assert.ok(Date.now() - signalledAt < 5_000, 'nothing was open any more, and yet it waited');
      assert.ok(usher.events.some(({ type }) => type === 'stopped'));
    });
  }

  test('waits for nobody longer than 5 s, and not for connections that only stand by', async (t) => {
    const usher = await startUsher({
      config: { checks: { from: 'none' }, secondaries: [{ port: await freePort() }] },
    });
    t.after(usher.stop);
    const idle = await openRaw(usher.port);
    idle.write(requestText('GET /x'));
    await idle.reply();
    const silent = await openRaw(usher.port);
    const half = await openRaw(usher.port);
    half.write('GET /never HTTP/1.1\r\nHo');
    await askRaw(usher.port, requestText('GET /x'));
    const signalledAt = Date.now();
    usher.signal('SIGTERM');
    await Promise.all([idle.closed, silent.closed, half.closed]);
    assert.deepEqual(await usher.ended, { code: 0, signal: null });
    assert.ok(Date.now() - signalledAt < 7_000, `took ${Date.now() - signalledAt} ms`);
  });

  test('asked for twice ends at once', async (t) => {
    const usher = await startUsher({
      config: { checks: { from: 'none' }, secondaries: [{ port: await freePort() }] },
    });
    t.after(usher.stop);
    const half = await openRaw(usher.port);
    half.write('GET /never HTTP/1.1\r\nHo');
    await askRaw(usher.port, requestText('GET /x'));
    const signalledAt = Date.now();
    usher.signal('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 200));
    usher.signal('SIGINT');
    await usher.ended;
    assert.ok(Date.now() - signalledAt < 3_000, `took ${Date.now() - signalledAt} ms`);
  });

  test('in the midst of the start leaves nothing behind', async (t) => {
    const cwd = await folderWith(t);
    for (const afterMs of [20, 150, 400]) {
      const child = spawn(process.execPath, [launcher, 'start'], { cwd, env: childEnv(), stdio: 'ignore' });
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      child.kill('SIGTERM');
      await once(child, 'close');
      const left = spawnSync('pgrep', ['--full', cwd], { encoding: 'utf8' }).stdout;
      assert.equal(left, '', `stopped after ${afterMs} ms, it left processes ${left}`);
    }
  });
});

test('an ordinary user can run it: port, state folder, worker and all', async (t) => {
  const secondary = await startSecondary();
  const usher = await startUsher({
    config: { checks: { from: 'cached', every: '300ms' }, secondaries: [{ port: secondary.port }] },
    wrapper: asNobody,
    prepare: (folder) => {
      if (isRoot) chownSync(folder, NOBODY, NOBODY);
    },
  });
  t.after(usher.stop);
  await usher.event('worker-started');
  const reply = await askRaw(usher.port, requestText('GET /x'));
  assert.equal(reply.status, 302);
  assert.ok(existsSync(join(usher.folder, 'state', 'secret')));
});

test('with no secondary up a visitor gets 503, a time to come back, and a page that tries by itself', async (t) => {
  const secondary = await startSecondary();
  await secondary.down();
  const usher = await startUsher({
    config: {
      checks: { from: 'cached', every: '300ms', rise: 1, fall: 1 },
      secondaries: [{ port: secondary.port }],
    },
  });
  t.after(usher.stop);
  await usher.event('health-changed', { fits: ({ to }) => to === 'down' });
  await until(async () => (await askRaw(usher.port, requestText('GET /x'))).status === 503);
  const reply = await askRaw(usher.port, requestText('GET /x'));
  assert.match(reply.header('retry-after') ?? '', /^\d+$/);
  assert.equal(reply.header('cache-control'), 'no-store');
  assert.match(reply.body, /<html/);
  await secondary.up();
  await usher.event('health-changed', { fits: ({ to }) => to === 'up' });
  // The event is told first, the door threads hear of it a moment later.
  await until(async () => (await askRaw(usher.port, requestText('GET /x'))).status === 302);
});
