import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { help } from '../../src/cli/help.ts';
import { commands } from '../../src/cli/index.ts';
import { terminal } from './terminal.ts';

const page = fileURLToPath(new URL('../../ops/usher.1', import.meta.url));

test('the manual page is what "usher help --man" prints: node src/usher.js help --man > ops/usher.1', async () => {
  const { io, out } = terminal();
  assert.equal(await help('--man', io), 0);
  assert.equal(await readFile(page, 'utf8'), out());
});

test('mandoc finds nothing wrong with the manual page, and shows every verb', () => {
  const lint = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', page], { encoding: 'utf8' });
  assert.equal(lint.stdout + lint.stderr, '');
  const shown = spawnSync('mandoc', ['-T', 'utf8', page], { encoding: 'utf8' }).stdout.replaceAll(
    /.\x08/g,
    '',
  );
  for (const verb of Object.keys(commands)) assert.match(shown, new RegExp(`^   ${verb}$`, 'm'));
});
