import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

test('a file that cannot be opened because this process has no more is told apart from one that is not in order', () => {
  const script = `
    const { openSync } = await import('node:fs');
    const { readContent, whyUnread } = await import(${JSON.stringify(import.meta.resolve('../../src/config/sources.ts'))});
    const gone = whyUnread([await readContent('/nonexistent')]);
    try { for (;;) openSync('/dev/null', 'r'); } catch {}
    console.log(gone, whyUnread([await readContent('/etc/passwd')]));`;
  const line = 'ulimit -n 100; exec "$@"';
  const said = execFileSync('sh', ['-c', line, 'sh', process.execPath, '--input-type=module', '-e', script]);
  assert.equal(String(said), 'undefined cannot be read (EMFILE)\n');
});
