import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A folder of a test's own, gone when the test is over. */
export const tempFolder = async (t: TestContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'usher-config-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
};
