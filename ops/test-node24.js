// Runs the unit tests on Node 24, the oldest that Usher runs on. The npm package `node` carries the binary; it is put
// into a temporary folder, so that the project's own Node stays the newer one.
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'usher-node24-'));
try {
  const install = spawnSync(
    'npm',
    ['install', '--prefix', folder, '--no-audit', '--no-fund', '--silent', 'node@24'],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const node = join(folder, 'node_modules', 'node', 'bin', 'node');
  const files = globSync('test/**/*.test.ts', { exclude: ['test/outside/**', 'test/real/**'] });
  const tests =
    install.status === 0
      ? spawnSync(node, ['--test', '--test-reporter=dot', '--test-timeout=60000', ...files], {
          stdio: ['ignore', 'inherit', 'inherit'],
        })
      : install;
  process.exitCode = tests.status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
