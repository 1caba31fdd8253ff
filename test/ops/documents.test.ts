import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { commands } from '../../src/cli/index.ts';

const rootOf = new URL('../../', import.meta.url);

test('the README names every command', async () => {
  const readme = await readFile(new URL('README.md', rootOf), 'utf8');
  const [, section = ''] = /\n## Commands\n(.*?)\n## /s.exec(readme) ?? [];
  const named = new Set(Array.from(section.matchAll(/`(?:usher )?([a-z]+)[^`]*`/g), ([, verb]) => verb));
  assert.deepEqual(
    Object.keys(commands).filter((verb) => !named.has(verb)),
    [],
  );
});

test('CONTRIBUTING says of every folder of tests what it tests', async () => {
  const text = await readFile(new URL('CONTRIBUTING.md', rootOf), 'utf8');
  const [, table = ''] = /\n\| folder of `test\/`(.*?)\n\n/s.exec(text) ?? [];
  const rooms = await readdir(new URL('src/', rootOf));
  const folders = await readdir(new URL('test/', rootOf), { withFileTypes: true });
  const others = folders.filter((each) => each.isDirectory() && !rooms.includes(each.name));
  assert.deepEqual(
    others.map(({ name }) => name).filter((name) => name !== 'artefacts' && !table.includes(`\`${name}\``)),
    [],
  );
});
