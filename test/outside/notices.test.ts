import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from '../real/port.ts';
import { childEnv, launcher, startUsher } from './usher.ts';
import { until } from './until.ts';

/** What a secondary may say of itself to whoever does not quote. */
const EVIL = `http://evil/$(touch\${IFS}pwned)'";touch\${IFS}pwned;\``;

interface Told {
  readonly text: string;
  readonly events: readonly { readonly type: string; readonly secondary?: string }[];
}

test('a webhook that fails at first and a program both hear of a death; its words are data to them', async (t) => {
  const secondary = createServer((_request, response) => {
    response.writeHead(302, { Location: EVIL }).end();
  }).listen(0, '127.0.0.1');
  t.after(() => secondary.close());
  const heard: { url: string; token: string; body: Told }[] = [];
  const hook = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const token = request.headers.authorization ?? '';
      heard.push({ url: request.url ?? '', token, body: JSON.parse(body) as Told });
      response.writeHead(heard.length === 1 ? 500 : 204).end();
    });
  }).listen(0, '127.0.0.1');
  t.after(() => hook.close());
  await Promise.all([secondary, hook].map((server) => once(server, 'listening')));
  const portOf = (server: typeof hook): number => (server.address() as AddressInfo).port;

  const script = `printf %s "$USHER_EVENT $USHER_SECONDARY: $USHER_TEXT" > told.txt; cat > told.json`;
  const usher = await startUsher({
    config: {
      checks: { every: '200ms', fall: 1 },
      notify: [
        {
          webhook: `http://127.0.0.1:${portOf(hook)}/in/s3cret?x=1`,
          headers: { Authorization: 'Bearer abc' },
          events: ['health-changed'],
        },
        { exec: ['sh', '-c', script], events: ['health-changed'] },
      ],
      secondaries: [{ id: 'web1', port: portOf(secondary) }],
    },
  });
  const told = join(usher.folder, 'told.json');
  await until(() => existsSync(told) && readFileSync(told, 'utf8').endsWith('\n'), 15_000);
  await usher.event('notices-failed', { fits: ({ because }) => because === 'HTTP 500' });
  await usher.event('notices-sent', { fits: ({ lost }) => lost === 0 });

  const { text, events } = JSON.parse(readFileSync(told, 'utf8')) as Told;
  assert.equal(events[0]?.type, 'health-changed');
  assert.ok(text.includes(EVIL), text);
  assert.equal(readFileSync(join(usher.folder, 'told.txt'), 'utf8'), `health-changed web1: ${text}`);
  assert.ok(!existsSync(join(usher.folder, 'pwned')));

  const [first, again] = heard;
  assert.deepEqual(again?.body.events, first?.body.events);
  assert.equal(again?.url, '/in/s3cret?x=1');
  assert.equal(again.token, 'Bearer abc');
  assert.equal(again.body.events[0]?.secondary, 'web1');
  assert.ok(!usher.printed().includes('s3cret'));
  await usher.stop();
});

test('a worker by itself tells what only it knows, and leaves to the primaries what they see too', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'usher-worker-tells-'));
  t.after(() => {
    rmSync(folder, { recursive: true });
  });
  const write = (text: string): void => {
    writeFileSync(join(folder, 'usher.json'), text);
  };
  const config = {
    checks: { every: '100ms', fall: 1 },
    notify: [{ exec: ['sh', '-c', 'cat >> told'], events: 'all' }],
    secondaries: [{ port: await freePort() }],
  };
  write(JSON.stringify(config));
  const worker = spawn(process.execPath, [launcher, 'worker'], { cwd: folder, env: childEnv() });
  t.after(() => worker.kill('SIGKILL'));
  let printed = '';
  worker.stdout.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
  await until(() => printed.includes('"health-changed"'), 30_000);
  write('{ not JSON');
  const told = join(folder, 'told');
  await until(() => existsSync(told) && readFileSync(told, 'utf8').includes('"config-refused"'), 30_000);
  worker.kill('SIGTERM');
  await once(worker, 'close');
  assert.match(readFileSync(told, 'utf8'), /"stopped"/);
  assert.doesNotMatch(readFileSync(told, 'utf8'), /"health-changed"/);
});
