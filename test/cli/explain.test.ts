import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { explain } from '../../src/cli/explain.ts';
import { createAffinity } from '../../src/dispatch/affinity.ts';
import { runCommand, type Run } from './run-command.ts';

const cwd = mkdtempSync(join(tmpdir(), 'usher-explain-'));
after(() => {
  rmSync(cwd, { recursive: true });
});

const KEY = Buffer.alloc(32, 7);

/** Writes the config, the key of the cookie, and what is known of three secondaries: web2 is down. */
const prepare = (more: object = {}): void => {
  const secondaries = [
    { id: 'web1', port: 8086 },
    { id: 'web2', port: 8087 },
    { id: 'web3', port: 8088, state: 'maintenance' },
  ];
  writeFileSync(
    join(cwd, 'usher.json'),
    JSON.stringify({
      admin: { listen: '127.0.0.1:1' },
      checks: { every: '1h' },
      policy: 'first',
      secondaries,
      ...more,
    }),
  );
  mkdirSync(join(cwd, 'state'), { recursive: true });
  writeFileSync(join(cwd, 'state', 'secret'), `${KEY.toString('base64url')}\n`);
  const rows = { web1: { health: 'up' }, web2: { health: 'down' }, web3: { health: 'up' } };
  writeFileSync(
    join(cwd, 'state', 'pingfile'),
    JSON.stringify({ seq: 1, writtenAt: Date.now(), everyMs: 3_600_000, secondaries: rows }),
  );
};

/** A cookie as a primary signs it. */
const signed = (id: string): string => {
  const affinity = createAffinity({ cookie: 'usher', forMs: 3_600_000, secrets: [KEY], wall: Date.now });
  return (affinity.bind(id, 'http').split(';')[0] ?? '').replace('usher=', '');
};

const run = (...args: readonly string[]): Promise<Run> => runCommand(explain, args, { cwd });

/** What is said of a cookie. */
const saidOf = async (cookie: string): Promise<string> => {
  const { out } = await run('--cookie', cookie);
  return /^His cookie (.*)\.$/m.exec(out)?.[1] ?? out;
};

test('it says whom a visitor is sent to, and why nobody else', async () => {
  prepare();
  const { code, out } = await run('--path', '/a?b', '--host', 'www.example.org');
  assert.equal(code, 0);
  assert.match(out, /^He is sent to web1 \(first\): http:\/\/www\.example\.org:8086\/a\?b\n\n/);
  assert.match(out, /^web2 +passed over +ready +down .* down/m);
  assert.match(out, /^web3 +passed over +maintenance .*maintenance$/m);
  assert.match(out, /^whom it sent where counts as nothing: Usher is not running/m);
});

test('it says for how long nothing was heard of the load of one who may serve, and why', async () => {
  prepare();
  const writtenAt = Date.now();
  const row = { failure: 'status: HTTP 404' };
  const rows = { web1: { running: 3, at: writtenAt - 125_000, ...row }, web2: row };
  writeFileSync(
    join(cwd, 'state', 'sitefile'),
    JSON.stringify({ seq: 1, writtenAt, everyMs: 3_600_000, secondaries: rows }),
  );
  const { out } = await run();
  rmSync(join(cwd, 'state', 'sitefile'));
  assert.match(out, /^web1 +chosen .*; no load report for 2 min \(status: HTTP 404\)$/m);
  assert.doesNotMatch(out, /^web2 .*HTTP 404/m);
});

test('whom a file takes out gets nobody', async () => {
  prepare();
  const folder = join(cwd, 'state', 'maintenance');
  mkdirSync(folder);
  writeFileSync(join(folder, 'web1'), '');
  const { code, out } = await run();
  rmSync(folder, { recursive: true });
  assert.equal(code, 1);
  assert.match(out, /^web1 +passed over +maintenance .*maintenance/m);
});

test('a cookie that counts brings the visitor back', async () => {
  prepare({ policy: 'random', secondaries: [{ port: 8086 }, { id: 'web1', port: 8089, state: 'drain' }] });
  assert.equal(await saidOf(signed('web1')), 'names web1: he goes back there');
  assert.equal(await saidOf(`a=b; usher=${signed('web1')}`), 'names web1: he goes back there');
  const { out } = await run('--cookie', signed('web1'), '--json');
  const told = JSON.parse(out) as { decision: string; secondary: string; cookie: string };
  assert.deepEqual([told.decision, told.secondary], ['kept', 'web1']);
  assert.equal(told.cookie, 'names web1: he goes back there');
});

test('a cookie that does not bring him back is told with the reason', async () => {
  prepare();
  assert.match(await saidOf(signed('web2')), /^names web2, which cannot keep him \(down/);
  assert.match(await saidOf(signed('web9')), /^names web9, which is not on the list$/);
});

test('an address that is none is wrong use', async () => {
  prepare();
  for (const from of ['nonsense', '', '203.0.113.256', 'www.example.org']) {
    const { code, err } = await run('--from', from);
    assert.equal(code, 2);
    assert.match(err, /^--from .* is no address\. .*203\.0\.113\.9/);
  }
  assert.equal((await run('--from', '[2001:db8::1]')).code, 0);
});

test('a request that the primary would refuse is told with the reason', async () => {
  prepare({ names: ['www.example.org'] });
  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [['--path', 'x'], /target does not begin with "\/".* \(400\)/],
    [['--host', 'a b'], /its host is none \(400\)/],
    [['--host', 'other.example.org'], /not among the "names" of the config \(421\)/],
  ];
  for (const [args, what] of refused) {
    const { code, err } = await run(...args);
    assert.equal(code, 1);
    assert.match(err, what);
  }
});
