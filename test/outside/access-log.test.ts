import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startSecondary } from './secondary.ts';
import { until } from './until.ts';
import { runUsher, startUsher } from './usher.ts';

test('an access log that cannot be written is refused at the start, in a sentence', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'usher-log-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(
    join(folder, 'usher.json'),
    JSON.stringify({
      listen: '127.0.0.1:0',
      accessLog: 'missing/access.log',
      secondaries: [{ port: 8086 }],
    }),
  );
  const { code, err, out } = await runUsher(['start'], { cwd: folder });
  assert.equal(code, 1, `${out}${err}`);
  assert.match(err, /The access log \S+\/missing\/access\.log cannot be written: ENOENT/);
  assert.doesNotMatch(err, /^\s+at /m);
});

test("the primary's own pages have their line in the access log", async (t) => {
  const usher = await startUsher({
    config: {
      accessLog: 'access.log',
      checks: { from: 'none' },
      entrances: { '/splash.html': 'local' },
      secondaries: [{ port: (await startSecondary()).port }],
    },
  });
  t.after(usher.stop);
  const splash = await fetch(`${usher.url}/splash.html`, { headers: { 'User-Agent': 'browser' } });
  const bytes = Buffer.byteLength(await splash.text());
  await fetch(`${usher.url}/splash.html`, { method: 'HEAD' });
  await fetch(`${usher.url}/.usher/nothing`);
  await fetch(`${usher.url}/x`, { redirect: 'manual' });
  const lines = (): string[] =>
    readFileSync(join(usher.folder, 'access.log'), 'latin1').split('\n').slice(0, -1);
  await until(() => lines().length === 4);
  const told = lines().map((line) => line.replace(/\[[^\]]+\]/, '[]'));
  assert.ok(
    told.includes(
      `127.0.0.1 - - [] "GET /splash.html HTTP/1.1" 200 ${bytes} "-" "browser" usher=- reason=local`,
    ),
    told.join('\n'),
  );
  assert.ok(
    told.some((line) => /"HEAD \/splash\.html HTTP\/1\.1" 200 - .* usher=- reason=local$/.test(line)),
  );
  assert.ok(told.some((line) => /"GET \/\.usher\/nothing HTTP\/1\.1" 404 \d+ .* reason=local$/.test(line)));
  assert.ok(told.some((line) => /"GET \/x HTTP\/1\.1" 302 .* reason=balance$/.test(line)));
});

test('that the log of several threads cannot be written is told once, and so is that it can again', async (t) => {
  const usher = await startUsher({
    config: {
      threads: 3,
      accessLog: 'logs/access.log',
      checks: { from: 'none' },
      secondaries: [{ port: 8086 }],
    },
    prepare: (folder) => mkdirSync(join(folder, 'logs')),
  });
  t.after(usher.stop);
  const logs = join(usher.folder, 'logs');
  renameSync(logs, `${logs}.away`);
  usher.signal('SIGUSR2');
  await usher.event('access-log-failed');
  renameSync(`${logs}.away`, logs);
  const recovered = await usher.event('access-log-recovered');
  assert.equal(recovered.lost, 0);
  await usher.stop();
  assert.deepEqual(
    usher.events.map(({ type }) => type).filter((type) => type.startsWith('access-log')),
    ['access-log-failed', 'access-log-recovered'],
  );
});
