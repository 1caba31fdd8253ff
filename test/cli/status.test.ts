import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scryptSync } from 'node:crypto';
import { after, test } from 'node:test';
import { status } from '../../src/cli/status.ts';
import { printStatus } from '../../src/cli/status-table.ts';
import { createDashboard } from '../../src/dashboard/dashboard.ts';
import { ActionableError } from '../../src/errors.ts';
import { pretend, secondary, takenPort, type Pretend } from '../dashboard/pretend.ts';
import { openAdmin } from '../doors/open-admin.ts';
import { terminal } from './terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'usher-status-'));
after(() => {
  rmSync(folder, { recursive: true });
});

const refused = {
  ok: false,
  tookMs: 0.4,
  failure: 'refused',
  detail: 'connect ECONNREFUSED 127.0.0.1:8087',
} as const;

/** A config whose admin door is at this port. */
const configFor = (port: number): string => {
  const file = join(folder, `usher-${port}.json`);
  writeFileSync(
    file,
    JSON.stringify({ admin: { listen: `127.0.0.1:${port}` }, secondaries: [{ port: 8086 }] }),
  );
  return file;
};

const pool = (): Pretend => {
  const three = pretend([
    secondary('web1'),
    secondary('web2', { weight: 2 }),
    secondary('isp2', { role: 'backup' }),
  ]);
  three.round({ load: { running: 4 }, sinceMs: 3_700_000 });
  three.check('web2', { outcome: refused, load: { running: 0 } });
  three.visit('web1', { chosen: 1200, kept: 30 });
  return three;
};

const actionable = (what: RegExp, remedy: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ActionableError, String(error));
  assert.match(error.message, what);
  assert.match(error.remedy, remedy);
  assert.equal(error.exitCode, 1);
  return true;
};

test('it prints the pool of a running Usher as a table', async () => {
  const { port } = await openAdmin(pool());
  const { io, out } = terminal();
  assert.equal(await status.run(['--config', configFor(port)], io), 0);
  const lines = out().split('\n');
  assert.equal(lines[0], 'web2 is down');
  assert.match(
    lines[1] ?? '',
    /^Usher 0\.1\.0 · Reading the worker's files, news \d+\.\d s old · 0 visits a second · 1,230 sent on$/,
  );
  assert.match(
    lines[3] ?? '',
    /^SECONDARY +ADDRESS +STATE +HEALTH +FOR +WEIGHT +WANTED +GIVEN +RATE +NEW +BACK +BOUND +LOAD +LAST CHECK$/,
  );
  assert.match(
    lines[4] ?? '',
    /^web1 +:8086 +ready +up +1 h 1 min +1 +100 % +- +0\/s +1,200 +30 +(?:0|1,200) +4 running, (?:now|\d+ s ago) +1\.2 ms, (?:now|\d+ s ago)$/,
  );
  assert.match(
    lines[5] ?? '',
    /^web2 .* down .*nobody listens there, (?:now|\d+ s ago) \(connect ECONNREFUSED 127\.0\.0\.1:8087\)$/,
  );
  assert.match(lines[6] ?? '', /^isp2 +:8086 +ready, backup +up /);
});

test('where browsers are asked who is near them, one line says what they told', async () => {
  const asked = pool();
  asked.count({ receipts: { taken: 1204, refused: 3, networks: 1 } });
  const { port } = await openAdmin(asked);
  const { io, out } = terminal();
  await status.run(['--config', configFor(port)], io);
  assert.equal(out().split('\n')[2], 'nearness known of 1 network · 1,204 receipts, 3 refused');
});

test('--json is what the API says', async () => {
  const { port } = await openAdmin(pool());
  const { io, out } = terminal();
  assert.equal(await status.run(['--json', '--config', configFor(port)], io), 0);
  const told = JSON.parse(out());
  assert.deepEqual(
    told.secondaries.map(({ id }: { id: string }) => id),
    ['web1', 'web2', 'isp2'],
  );
});

test('the answer is no when no secondary takes new visitors', async () => {
  const down = pool();
  down.round({ outcome: refused });
  const { port } = await openAdmin(down);
  const { io, out } = terminal();
  assert.equal(await status.run(['--config', configFor(port)], io), 1);
  assert.match(out(), /^Nobody can take visitors\n/);
});

test('a config that is broken by now does not keep anybody from a running Usher', async () => {
  const { port } = await openAdmin(pool());
  const listen = `"admin": { "listen": "127.0.0.1:${port}" }`;
  const broken = [
    `{ ${listen}, "policyy": 1, "secondaries": [] }`,
    `{ ${listen}, "secondaries": [`,
    `{ // mine\n ${listen} "secondaries": [{ "port": 8086, }] }`,
  ];
  for (const [at, text] of broken.entries()) {
    const file = join(folder, `broken-${at}.json`);
    writeFileSync(file, text);
    const { io, out, err } = terminal();
    assert.equal(await status.run(['--config', file], io), 0);
    assert.match(out(), /^web1 /m);
    assert.match(err(), /^usher: .*broken-\d\.json is not in order\. This is the Usher that runs at http/);
  }
});

test('where no Usher answers either, the mistakes of the config are told', async () => {
  const { port, free } = await takenPort();
  await free();
  const file = join(folder, 'neither.json');
  writeFileSync(file, `{ "admin": { "listen": ${port} }, "policyy": 1, "secondaries": [{ "port": 8086 }] }`);
  await assert.rejects(
    status.run(['--config', file], terminal().io),
    actionable(new RegExp(`unknown key, given "policyy".*\\n.*nobody listens at .*:${port}/`), /--admin/),
  );
});

test('--admin names the door, and no config is read', async () => {
  const { port } = await openAdmin(pool());
  for (const door of [`http://127.0.0.1:${port}`, `http://127.0.0.1:${port}/`, `127.0.0.1:${port}`]) {
    const { io, out } = terminal({ cwd: folder });
    assert.equal(await status.run(['--admin', door], io), 0);
    assert.match(out(), /^web1 /m);
  }
});

test('--admin with what is no door is wrong use', async () => {
  const wrong = ['', 'x', '127.0.0.1', '127.0.0.1:0', 'https://127.0.0.1:8079', 'http://127.0.0.1:8079/x'];
  for (const door of wrong) {
    await assert.rejects(status.run(['--admin', door], terminal().io), (error) => {
      assert.ok(error instanceof ActionableError, String(error));
      assert.equal(error.exitCode, 2);
      assert.match(error.remedy, /http:\/\/127\.0\.0\.1:8079/);
      return true;
    });
  }
});

/** A folder with a config whose admin door is closed, and this pingfile. */
const stopped = async (pingfile?: object): Promise<string> => {
  const { port, free } = await takenPort();
  await free();
  const cwd = mkdtempSync(join(folder, 'stopped-'));
  const secondaries = [{ port: 8086 }, { port: 8087, state: 'drain', until: '2999-01-01T00:00:00Z' }];
  writeFileSync(join(cwd, 'usher.json'), JSON.stringify({ admin: { listen: port }, secondaries }));
  mkdirSync(join(cwd, 'state', 'maintenance'), { recursive: true });
  if (pingfile !== undefined) writeFileSync(join(cwd, 'state', 'pingfile'), JSON.stringify(pingfile));
  return cwd;
};

const filed = (agoMs: number): object => {
  const writtenAt = Date.now() - agoMs;
  const evidence = {
    check: 'http',
    at: writtenAt - 1000,
    tookMs: 3,
    failure: 'refused',
    detail: 'ECONNREFUSED',
  };
  const web8086 = { health: 'down', since: writtenAt - 3_600_000, fails: 4, evidence };
  return {
    writer: 'the night\x1b[2J shift',
    seq: 9,
    writtenAt,
    secondaries: { web8086, web8087: { health: 'up' } },
  };
};

test('where no Usher runs it tells what the files tell, and how old they are', async () => {
  const cwd = await stopped(filed(7_200_000));
  const { io, out } = terminal({ cwd });
  assert.equal(await status.run([], io), 1);
  const lines = out().split('\n');
  assert.match(lines[0] ?? '', /^Usher is not running: nobody listens at http:\/\/127\.0\.0\.1:\d+\/\.$/);
  assert.match(
    lines[1] ?? '',
    /^As state\/pingfile tells, written 2 h ago by the night[^\x1b]* shift: Nobody takes new visitors$/,
  );
  assert.match(lines[3] ?? '', /^SECONDARY +ADDRESS +STATE +HEALTH +FOR +WEIGHT +WANTED +LOAD +LAST CHECK$/);
  assert.match(
    lines[4] ?? '',
    /^web8086 +:8086 +ready +down +3 h +1 +0 % +- +nobody listens there, 4 in a row, 2 h ago \(ECONNREFUSED\)$/,
  );
  assert.match(lines[5] ?? '', /^web8087 +:8087 +drain, \d+ d( \d+ h)? more +up /);
});

test('--json says whether Usher runs', async () => {
  const away = terminal({ cwd: await stopped(filed(7_200_000)) });
  assert.equal(await status.run(['--json'], away.io), 1);
  const { running, news, secondaries } = JSON.parse(away.out());
  assert.deepEqual([running, news.isStale, secondaries[0].health], [false, true, 'down']);
  assert.ok(news.ageMs >= 7_200_000 && news.ageMs < 7_300_000);

  const { port } = await openAdmin(pool());
  const here = terminal();
  await status.run(['--json', '--config', configFor(port)], here.io);
  assert.equal(JSON.parse(here.out()).running, true);
});

test('where there are no files either it tells what the config lists, and whom a file takes out', async () => {
  const cwd = await stopped();
  writeFileSync(join(cwd, 'state', 'maintenance', 'web8086'), '');
  const { io, out } = terminal({ cwd });
  assert.equal(await status.run([], io), 1);
  assert.match(out(), /\nOnly what the config lists: state\/pingfile tells nothing, there is no such file\n/);
  assert.match(out(), /^web8086 +:8086 +maintenance by a file +unknown /m);
});

test('when the door that was named is closed, a sentence says so', async () => {
  const { port, free } = await takenPort();
  await free();
  await assert.rejects(
    status.run(['--admin', `127.0.0.1:${port}`], terminal().io),
    actionable(/Usher is not running: nobody listens at http:\/\/127\.0\.0\.1:\d+\//, /usher start/),
  );
});

test('another program on the port is not taken for Usher', async () => {
  for (const body of ['<!doctype html>', '{}', '{"version":"1","secondaries":{}}', 'null']) {
    const server = createServer((_request, response) => {
      response.end(body);
    });
    const port = await portOf(server);
    await assert.rejects(
      status.run(['--config', configFor(port)], terminal().io),
      actionable(/does not answer as this Usher does/, /another program/),
    );
    server.close();
  }
});

test('a door that cuts the connection is a sentence', async () => {
  const server = createServer((request) => {
    request.socket.destroy();
  });
  const port = await portOf(server);
  await assert.rejects(
    status.run(['--config', configFor(port)], terminal().io),
    actionable(/does not answer at/, /journal/),
  );
  server.close();
});

test('an answer of another version is a sentence', async () => {
  const odd = { version: '9', usable: 1, secondaries: [{ id: 'x' }], visits: {}, news: {}, config: {} };
  const server = createServer((_request, response) => {
    response.end(JSON.stringify(odd));
  });
  const port = await portOf(server);
  await assert.rejects(
    status.run(['--config', configFor(port)], terminal().io),
    actionable(/Usher 9 answers in a form/, /--json/),
  );
  server.close();
});

test('a door with a password takes it from the environment', async () => {
  const salt = Buffer.alloc(16);
  const hash = scryptSync('open sesame', salt, 32, { N: 2, r: 1, p: 1 });
  const password = `scrypt$2$1$1$${salt.toString('base64url')}$${hash.toString('base64url')}`;
  const { port } = await openAdmin(pool(), { password });
  const args = ['--config', configFor(port)];
  await assert.rejects(status.run(args, terminal().io), actionable(/wants the password/, /USHER_PASSWORD/));
  const { io, out } = terminal({ env: { USHER_PASSWORD: 'open sesame' } });
  assert.equal(await status.run(args, io), 0);
  assert.match(out(), /web1/);
});

test('words from outside do not drive the terminal', () => {
  const evil = '\x1b[2J\x1b]0;owned\x07\u202e\r\nweb9 up';
  const one = pretend([secondary('web1', { address: { kind: 'own', origin: `http://${evil}` } })]);
  one.check('web1', { outcome: { ...refused, detail: evil } });
  one.mistakes([evil]);
  const text = printStatus(createDashboard(one.sources).status(), { color: false });

  assert.doesNotMatch(text.replaceAll('\n', ''), /[\x00-\x1f\x7f-\x9f\u202e]/);
  assert.doesNotMatch(text, /^web9/m);
});

test('whoever answers at the door does not drive the terminal either, whatever he sends in a row', () => {
  const evil = '\x1b[2J\r\nweb9 up';
  const { sources } = pretend([secondary('web1')]);
  const status = createDashboard(sources).status();
  const rows = status.secondaries.map((row) => ({
    ...{ ...row, state: evil as 'ready', health: evil as 'up' },
    check: { ok: false, words: evil, inARow: 1, at: null } as never,
  }));
  const text = printStatus({ ...status, secondaries: rows }, { color: false });
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\x00-\x1f\x7f-\x9f]/);
});

test('a load that cannot be read is told with the last error, and since when; of one that is down it is no news', () => {
  const because = 'timeout: no answer within 2000 ms';
  const four = pretend(['web1', 'web2', 'web3', 'web4'].map((id) => secondary(id)));
  four.check('web1', { load: { running: 4 }, agoMs: 125_000, loadFailure: because });
  four.check('web2', { loadFailure: because });
  four.check('web3', { load: { done: 1 }, agoMs: 125_000, loadFailure: because });
  four.check('web4', { outcome: refused, load: { running: 4 }, agoMs: 125_000, loadFailure: because });
  const lines = printStatus(createDashboard(four.sources).status(), { color: false }).split('\n');
  const why = String.raw`\(timeout: no answer within 2000 ms\)`;
  for (const [line, load] of [
    `4 running, 2 min ago, not read since ${why}`,
    `not read yet ${why}`,
    `a report, 2 min ago, not read since ${why}`,
    '4 running, 2 min ago',
  ].entries())
    assert.match(lines[4 + line] ?? '', new RegExp(`  ${load}  `));
});

test('colours are for those who want them', () => {
  const told = createDashboard(pool().sources).status();
  assert.ok(printStatus(told, { color: true }).includes('\x1b[31mweb2'));
  assert.ok(!printStatus(told, { color: false }).includes('\x1b'));
});

const portOf = async (server: Server): Promise<number> => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  server.listen(0, '127.0.0.1', () => {
    resolve(undefined);
  });
  await promise;
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

test('one that asks to be left alone by itself is leaving', async () => {
  const three = pool();
  three.round({ load: { wish: 'drain' } });
  const { port } = await openAdmin(three);
  const { io, out } = terminal();
  await status.run(['--config', configFor(port)], io);
  assert.match(out(), /^web1 +:8086 +ready, leaving \(it asks for it itself\) +up /m);
});
