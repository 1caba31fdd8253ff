import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { childEnv, launcher } from './usher.ts';

/** The oldest Node that Usher runs on. */
const oldest = Number(
  /\d+/.exec(
    (
      JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
        engines: { node: string };
      }
    ).engines.node,
  )?.[0],
);

/** What a program says to --version; empty where there is no such program. */
const versionOf = (program: string): string => {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8', env: childEnv() }) as {
    stdout: string | null;
  };
  return stdout?.trim() ?? '';
};

/** A Node older than that: the machine's own where it is one, else Node 20 out of the npm package. */
const oldNode = (folder: string): string => {
  const places = (process.env['PATH'] ?? '').split(':').concat('/usr/bin', '/usr/local/bin');
  const own = places
    .map((place) => join(place, 'node'))
    .find((program) => Number(/^v(\d+)/.exec(versionOf(program))?.[1] ?? oldest) < oldest);
  if (own !== undefined) return own;
  writeFileSync(join(folder, 'package.json'), '{}');
  const install = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--silent', 'node@20'], {
    cwd: folder,
    encoding: 'utf8',
  });
  assert.equal(install.status, 0, install.stderr);
  return join(folder, 'node_modules', 'node', 'bin', 'node');
};

test('an older Node gets one sentence that says what it needs, and exit code 2', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'usher-old-node-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const program = oldNode(folder);
  const { status, stdout, stderr } = spawnSync(program, [launcher, 'start'], {
    cwd: folder,
    encoding: 'utf8',
    env: childEnv(),
  });
  assert.equal(status, 2);
  assert.equal(stdout, '');
  assert.ok(stderr.includes(`Node ${oldest} or newer`), stderr);
  assert.ok(stderr.includes(versionOf(program).slice(1)), stderr);
  assert.equal(stderr.trim().split('\n').length, 1);
});
