import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFile, chmod, readFile, rename, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { loads } from '../../src/loads/index.ts';
import type { LoadReport } from '../../src/model/load-report.ts';
import { allow } from '../../src/report/allow.ts';
import { startReporter, type ReporterEvent } from '../../src/report/reporter.ts';
import type { StatusPage } from '../../src/report/status.ts';
import { made } from '../contracts/made.ts';
import { startApache, type WebServer } from '../real/apache.ts';
import { startNginx } from '../real/nginx.ts';
import { tempFolder } from '../real/program.ts';
import { wireOf } from '../wire/wire-of.ts';

/** A reporter whose clock can be moved on, read by the primary's own `json` reader. */
const start = async (t: TestContext, sources: { readonly status?: StatusPage; readonly log?: string }) => {
  let skewMs = 0;
  const clock = { now: () => performance.now() + skewMs, wall: () => Date.now() };
  const events: ReporterEvent[] = [];
  const reporter = await startReporter({
    ...{ listen: { host: '127.0.0.1', port: 0 }, isAllowed: allow([]) ?? (() => false) },
    ...{ wire: { ...wireOf(t), clock }, clock, tell: (event: ReporterEvent) => void events.push(event) },
    ...sources,
  });
  t.after(reporter.stop);
  const read = made(loads, 'json', { port: Number(new URL(reporter.url).port) });
  const ask = async () => read({ id: 'web1', at: 'http://127.0.0.1:9', timeoutMs: 3_000 }, wireOf(t));
  return {
    url: reporter.url,
    events,
    pass: (ms: number) => void (skewMs += ms),
    ask,
    /** The report, once it is as wanted. */
    until: async (isWanted: (report: LoadReport) => boolean): Promise<LoadReport> => {
      for (;;) {
        const reading = await ask();
        assert.ok(reading.ok, JSON.stringify(reading));
        if (isWanted(reading.report)) return reading.report;
        await setTimeout(20);
      }
    },
  };
};

const visit = async (origin: string, path: string, headers: http.OutgoingHttpHeaders = {}): Promise<void> => {
  const request = http.get(`${origin}${path}`, {
    agent: false,
    headers: { 'user-agent': 'browser', ...headers },
  });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.resume();
  await once(response, 'close');
};

/** Answers once the file `go` is there. */
const slowPage = (folder: string): string => `#!/bin/sh
printf "Content-Type: text/plain\\n\\n"
until [ -e ${folder}/go ]; do sleep 0.05; done
echo slow
`;

/** An Apache that answers /slow only once it may go on, and logs how long everything took. */
const timedApache = async (
  t: TestContext,
): Promise<{ readonly server: WebServer; readonly log: string; readonly go: () => Promise<void> }> => {
  const { folder, remove } = await tempFolder({ 'access.log': '' });
  t.after(remove);
  await writeFile(join(folder, 'slow.sh'), slowPage(folder));
  await chmod(join(folder, 'slow.sh'), 0o755);
  const log = join(folder, 'access.log');
  const server = await startApache({
    config: `LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\" %D" timed
CustomLog ${log} timed
ScriptAlias /slow ${folder}/slow.sh
<Directory ${folder}>
  Require all granted
</Directory>
Redirect 503 /wrong`,
  });
  t.after(server.stop);
  return { server, log, go: () => writeFile(join(folder, 'go'), '') };
};

const apachePage = ({ origin }: WebServer): StatusPage => ({
  kind: 'apache',
  at: origin,
  path: '/server-status?auto',
});

test('beside a real Apache with a timed log, the primary reads all that a load report can hold', async (t) => {
  const { server, log, go } = await timedApache(t);
  const { until, pass, events } = await start(t, { status: apachePage(server), log });
  await visit(server.origin, '/');
  const first = await until(({ done }) => done === 1);
  assert.deepEqual(
    [first.running, first.sessions, first.started],
    [0, undefined, undefined],
    'too early to tell',
  );
  pass(31_000);

  const one = visit(server.origin, '/slow');
  await until(({ running }) => running === 1);
  const other = visit(server.origin, '/slow', { 'user-agent': 'another' });
  await until(({ running }) => running === 2);
  // Both are under way for some answers, longer than all the others together.
  for (let answers = 0; answers < 10; answers += 1) await until(({ running }) => running === 2);
  await go();
  await Promise.all([one, other]);
  await visit(server.origin, '/wrong');
  await visit(server.origin, '/', { 'user-agent': 'usher-check' });
  await visit(server.origin, '/lost');
  const report = await until(({ done, running }) => done === 3 && running === 0);
  assert.deepEqual([report.sessions, report.started, report.utilization], [2, 2, 0]);

  pass(5_000);
  const { busySeconds = NaN } = await until(() => true);
  const [longest = NaN, next = NaN] = ((await readFile(log, 'utf8')).match(/\d+(?=\n)/g) ?? [])
    .map((micros) => Number(micros) / 1e6)
    .sort((a, b) => b - a);
  assert.ok(busySeconds >= longest - 0.01, `busy for ${busySeconds} s, once for ${longest} s`);
  assert.ok(busySeconds < longest + next, `busy for ${busySeconds} s, also for ${next} s at the same time`);
  assert.deepEqual(events, []);

  pass(31_000);
  const later = await until(() => true);
  assert.deepEqual([later.sessions, later.started], [0, 2]);
});

test('with the status page of a real Apache alone, it tells what that tells', async (t) => {
  const { server, go } = await timedApache(t);
  const { until } = await start(t, { status: apachePage(server) });
  const slow = visit(server.origin, '/slow');
  await until(({ running }) => running === 1);
  await go();
  await slow;
  const { at: _, ...report } = await until(({ busySeconds = 0 }) => busySeconds > 0);
  assert.deepEqual(Object.keys(report).sort(), ['answered', 'busySeconds', 'running', 'utilization']);
  assert.ok((report.answered ?? 0) >= 1);
});

test('beside a real nginx with a timed log, the log tells what its status page does not', async (t) => {
  const { folder, remove } = await tempFolder({ 'access.log': '' });
  t.after(remove);
  const log = join(folder, 'access.log');
  const slow = http.createServer((_, response) => {
    void setTimeout(300).then(() => response.end('slow'));
  });
  slow.listen(0, '127.0.0.1');
  await once(slow, 'listening');
  t.after(() => {
    slow.close();
    slow.closeAllConnections();
  });
  const { port } = slow.address() as { port: number };
  const server = await startNginx({
    before: `log_format timed '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
                   '"$http_referer" "$http_user_agent" $request_time';`,
    config: `access_log ${log} timed;
    location /slow { proxy_pass http://127.0.0.1:${port}; }`,
  });
  t.after(server.stop);
  const { until, pass } = await start(t, {
    status: { kind: 'nginx', at: server.origin, path: '/nginx-status' },
    log,
  });
  pass(31_000);
  await visit(server.origin, '/slow');
  await visit(server.origin, '/lost', { 'user-agent': 'another' });
  await until(({ done, running, sessions }) => done === 1 && sessions === 2 && running === 0);
  pass(5_000);
  const { at: _, busySeconds = NaN, ...report } = await until(() => true);
  assert.deepEqual(report, { running: 0, done: 1, sessions: 2, started: 2 });
  assert.ok(busySeconds >= 0.29, `busy for ${busySeconds} s`);
});

test('a log that real Apache rotates goes on being counted', async (t) => {
  const { server, log } = await timedApache(t);
  const { until } = await start(t, { log });
  await visit(server.origin, '/');
  await until(({ done }) => done === 1);
  await rename(log, `${log}.1`);
  process.kill(server.pid, 'SIGUSR1');
  let visits = 1;
  await until(() => true);
  // before and after the new generation of processes has taken over
  for (let { done = 0 } = await until(() => true); done < 12; { done = 0 } = await until(() => true)) {
    assert.ok(done <= visits);
    if (visits < 12) {
      await visit(server.origin, '/');
      visits += 1;
    }
  }
});

test('what cannot be asked is not told, and its return is', async (t) => {
  const apache = await startApache();
  const { events, ask, pass, url } = await start(t, { status: apachePage(apache) });
  assert.ok((await ask()).ok);
  await apache.stop();
  pass(1_000);
  const reading = await ask();
  assert.ok(!reading.ok && reading.detail.includes('503'), JSON.stringify(reading));
  assert.match(await (await fetch(url)).text(), /^There are no figures: apache: .+\n$/);
  const [lost, ...more] = events;
  assert.ok(lost?.type === 'source-lost' && lost.source === 'apache');
  assert.deepEqual(more, []);

  const again = await startApache({ port: apache.port });
  t.after(again.stop);
  pass(1_000);
  assert.ok((await ask()).ok);
  assert.deepEqual(events.slice(1), [{ type: 'source-found', source: 'apache' }]);
});

test('hostile lines neither stop it nor make a number that is none', async (t) => {
  const { folder, remove } = await tempFolder({ 'access.log': '' });
  t.after(remove);
  const log = join(folder, 'access.log');
  const { until, events } = await start(t, { log });
  const good = '192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "a" ';
  const hostile = ['1e308', '-5', 'NaN', 'Infinity', '9'.repeat(400), '0.'.repeat(50), '', '\0', '"'];
  const noise = [
    '\0'.repeat(1_000),
    '"] "',
    '[[[[',
    good.replace('200', '999'),
    '\xff\xfe',
    'x'.repeat(100_000),
  ];
  await appendFile(
    log,
    [...hostile.map((end) => good + end), ...noise, `${good}1000`].join('\n') + '\n',
    'latin1',
  );
  const report = await until(
    ({ done = 0, busySeconds }) => done >= hostile.length + 1 && busySeconds !== undefined,
  );
  for (const number of Object.values(report)) assert.ok(Number.isFinite(number) && number >= 0);
  assert.ok((report.busySeconds ?? NaN) < 1);
  assert.deepEqual(events, []);
});

test('a log in another format, or without durations, is told once', async (t) => {
  const { folder, remove } = await tempFolder({ 'json.log': '', 'untimed.log': '' });
  t.after(remove);
  const [json, untimed] = [join(folder, 'json.log'), join(folder, 'untimed.log')];
  const [one, other] = [await start(t, { log: json }), await start(t, { log: untimed })];
  await appendFile(json, '{"status":200}\n'.repeat(100));
  await appendFile(
    untimed,
    '192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] "GET / HTTP/1.1" 200 5\n'.repeat(100),
  );
  const { busySeconds } = await other.until(({ done }) => done === 100);
  assert.equal(busySeconds, undefined);
  while (one.events.length === 0) await one.until(() => true);
  for (const [{ events }, log, because] of [
    [one, json, /neither in common nor in combined format/],
    [other, untimed, /%D .*\$request_time/],
  ] as const) {
    assert.equal(events.length, 1);
    const [event] = events;
    assert.ok(event?.type === 'log-odd' && event.log === log);
    assert.match(event.because, because);
  }
});

test('only GET and HEAD of the figures are answered', async (t) => {
  const { folder, remove } = await tempFolder({ 'access.log': '' });
  t.after(remove);
  const { url } = await start(t, { log: join(folder, 'access.log') });
  const { origin } = new URL(url);
  for (const [path, method, status] of [
    ['/load.json', 'GET', 200],
    ['/load.json?x', 'GET', 200],
    ['/', 'HEAD', 200],
    ['/load.json', 'POST', 405],
    ['/other', 'GET', 404],
    ['//load.json', 'GET', 404],
  ] as const) {
    const answer = await fetch(`${origin}${path}`, { method });
    assert.equal(answer.status, status, `${method} ${path}`);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    await answer.body?.cancel();
  }
});

test('who is not allowed is refused', async (t) => {
  const { folder, remove } = await tempFolder({ 'access.log': '' });
  t.after(remove);
  const clock = { now: () => performance.now(), wall: () => 0 };
  const reporter = await startReporter({
    ...{ listen: { host: '127.0.0.1', port: 0 }, isAllowed: () => false, log: join(folder, 'access.log') },
    ...{ wire: wireOf(t), clock, tell: () => undefined },
  });
  t.after(reporter.stop);
  const answer = await fetch(reporter.url);
  assert.equal(answer.status, 403);
  await answer.body?.cancel();
});
