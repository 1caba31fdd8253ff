import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { check } from '../../src/cli/check.ts';
import { runCommand, type Run } from './run-command.ts';

const cwd = mkdtempSync(join(tmpdir(), 'usher-check-'));
const server = createServer((request, response) => {
  response.end(request.url === '/load.json' ? '{ "running": 3 }' : 'Test Page');
});
let port = 0;
before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
after(() => {
  server.close();
  rmSync(cwd, { recursive: true });
});

/** Secondaries by what they say beside their port; all of them are the same server. */
const run = (secondaries: readonly object[], ...args: readonly string[]): Promise<Run> => {
  const list = secondaries.map((more, at) => ({
    id: `web${at + 1}`,
    port: 8086 + at,
    at: `127.0.0.1:${port}`,
    ...more,
  }));
  writeFileSync(join(cwd, 'usher.json'), JSON.stringify({ secondaries: list }));
  return runCommand(check, args, { cwd });
};

const LOAD = { load: { json: '/load.json' } };
const NO_LOAD = { load: { json: '/no-load' } };
const LOST = { ping: { http: '/', expect: 'Other Page' } };

test('it asks every secondary whether it is there and how busy it is', async () => {
  const { code, out } = await run([LOAD, {}]);
  assert.equal(code, 0);
  assert.match(out, /^web1 +ready +up +[\d.]+ ms +running 3 +answered .*HTTP 200$/m);
  assert.match(out, /^web2 +ready +up +[\d.]+ ms +- +answered .*HTTP 200$/m);
});

test('nothing is said of what was not asked', async () => {
  const { code, out } = await run([LOAD, LOST], 'load');
  assert.equal(code, 0);
  assert.match(out, /^web1 +ready +- +[\d.]+ ms +running 3 *$/m);
  assert.match(out, /^web2 +ready +- +- +- +no load reader is configured$/m);

  const [heard] = JSON.parse((await run([LOAD], 'load', '--json')).out) as [{ load: unknown }];
  assert.deepEqual(heard.load, { running: 3 });
  const told = JSON.parse((await run([{}], 'load', '--json')).out) as unknown;
  assert.deepEqual(told, [{ id: 'web1', state: 'ready', reason: 'no load reader is configured' }]);
});

test('the answer is no when one is down or cannot tell its load, unless it is in maintenance', async () => {
  const down = await run([LOST, {}], 'ping');
  assert.equal(down.code, 1);
  assert.match(down.out, /^web1 +ready +down .* the expected text is not in the answer$/m);
  const silent = await run([NO_LOAD], 'load');
  assert.equal(silent.code, 1);
  assert.match(silent.out, /^web1 +ready +- +[\d.]+ ms +- +load: garbage/m);
  assert.equal((await run([NO_LOAD])).code, 1);
  assert.equal((await run([{ ...LOST, ...NO_LOAD, state: 'maintenance' }])).code, 0);
});

test('whom a file takes out is in maintenance, and a state whose end has come is over', async () => {
  const folder = join(cwd, 'state', 'maintenance');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'web1'), '');
  const ended = { state: 'maintenance', until: '2020-01-01T00:00:00Z' };
  const out = await run([LOST, {}], 'ping');
  assert.equal(out.code, 0);
  assert.match(out.out, /^web1 +maintenance +down /m);
  const over = await run([LOST, { ...LOST, ...ended }], 'ping');
  assert.equal(over.code, 1);
  assert.match(over.out, /^web2 +ready +down /m);
  rmSync(folder, { recursive: true });
});

test('a check of another name is wrong use', async () => {
  const { code, err } = await run([{}], 'pong');
  assert.equal(code, 2);
  assert.match(err, /no check called "pong"/);
});
