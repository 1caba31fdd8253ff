import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { lineFormat } from '../../src/doors/access-log/access-line.ts';

const formatLine = lineFormat();

const urls = ['/', '/a%20b?x="1"', '/"><script>', '/\\x', '/\u0000\u0007', `/${'long'.repeat(2000)}`, '/é'];
const agents = ['Mozilla/5.0 (X11; Linux x86_64)', '', '" 200 1 "', 'naïve \u001b[2J', 'a\\', '\n\n'];
const visitors = ['203.0.113.9', '2001:db8::1'];

test('GoAccess reads every line of the access log, whatever visitors send', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'usher-goaccess-'));
  t.after(() => rm(folder, { recursive: true }));
  const lines = visitors.flatMap((visitor) =>
    urls.flatMap((url) =>
      agents.flatMap((userAgent) =>
        [302, 400, 503].map((status) =>
          formatLine({
            visitor,
            atMs: Date.UTC(2026, 10, 21),
            method: 'GET',
            url,
            version: '1.1',
            status,
            bytes: status === 503 ? 900 : 0,
            referer: userAgent,
            userAgent,
            secondary: status === 302 ? 'web1' : '-',
            reason: 'balance',
          }),
        ),
      ),
    ),
  );
  const log = join(folder, 'access.log');
  const report = join(folder, 'report.json');
  await writeFile(log, lines.join(''));
  const args = [log, '--no-global-config', '--log-format=COMBINED', '--no-progress', '-o', report];
  await promisify(execFile)('goaccess', args, { timeout: 30_000 });
  const { general } = JSON.parse(await readFile(report, 'utf8')) as {
    general: { total_requests: number; valid_requests: number; failed_requests: number };
  };
  assert.deepEqual(
    [general.total_requests, general.valid_requests, general.failed_requests],
    [lines.length, lines.length, 0],
  );
});
