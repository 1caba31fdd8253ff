import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of its own, removed when the process of this test file ends: by then nobody writes into it any more. */
export const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'usher-test-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
