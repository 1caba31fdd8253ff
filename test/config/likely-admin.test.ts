import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { likelyAdmin } from '../../src/config/likely-admin.ts';
import { tempFolder } from './temp-folder.ts';

const BROKEN: Readonly<Record<string, { host: string; port: number }>> = {
  '{ "admin": { "listen": "127.0.0.1:9001" }, "policy": "blance" }': { host: '127.0.0.1', port: 9001 },
  '{ "admin": { "listen": "[::1]:9001 }, "threads": 1': { host: '::1', port: 9001 },
  '{ "admin": { "password": "x", "listen": 127.0.0.1:9001 } }': { host: '127.0.0.1', port: 9001 },
  '{ "policy" "random" "admin": {"listen":9001}': { host: '127.0.0.1', port: 9001 },
};

test('a config that is not in order tells where its admin door is as well as it can', async (t) => {
  const file = join(await tempFolder(t), 'usher.json');
  for (const [text, place] of Object.entries(BROKEN)) {
    await writeFile(file, text);
    assert.deepEqual(await likelyAdmin(file), { ...place, isDefault: false }, text);
  }
});

test('where it tells nothing, or is not there, it is the usual place, and that is said', async (t) => {
  const file = join(await tempFolder(t), 'usher.json');
  const usual = { host: '127.0.0.1', port: 8079, isDefault: true };
  assert.deepEqual(await likelyAdmin(file), usual);
  for (const text of ['', '{ "secondaries": [', '{ "admin": { "listen": "nowhere" } }', '[1, 2']) {
    await writeFile(file, text);
    assert.deepEqual(await likelyAdmin(file), usual, text);
  }
});
