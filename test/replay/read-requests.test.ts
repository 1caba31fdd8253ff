import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readRequests } from '../../src/replay/read-requests.ts';

test('however long a request takes, it is told how far the reading is', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'usher-requests-'));
  context.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'access.log');
  const line = '192.0.2.1 - - [21/Sep/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 5\n';
  await writeFile(path, line.repeat(40));
  let now = 0;
  const told: number[] = [];
  await readRequests([{ file: 'access.log', path }], {
    clock: { now: () => now, wall: () => 0 },
    take: () => void (now += 10),
    onProgress: () => void told.push(now),
  });
  assert.deepEqual(told, [...Array.from({ length: 20 }, (_, at) => 20 * (at + 1)), 400]);
});
