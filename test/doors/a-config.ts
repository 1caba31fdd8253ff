import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { makeChange } from '../../src/config/editing/change.ts';
import { readShown } from '../../src/config/editing/shown.ts';
import type { Editing } from '../../src/doors/admin/editing.ts';
import { registries } from '../../src/registries.ts';

/** A config file that an admin door edits; it goes when the test file ends. */
export interface AConfig {
  readonly file: string;
  readonly editing: Editing;
  readonly read: () => string;
  readonly write: (text: string) => void;
}

/** Makes a config file in a folder of its own. */
export const aConfig = (text: string): AConfig => {
  const folder = mkdtempSync(join(tmpdir(), 'usher-edited-'));
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, 'usher.json');
  writeFileSync(file, text);
  const about = { file, registries, wallMs: Date.now() };
  return {
    file,
    editing: {
      show: () => readShown(file),
      change: (change, onlyIf, how) =>
        makeChange({ ...about, isDry: how === 'dry', ...(onlyIf === undefined ? {} : { onlyIf }) }, change),
    },
    read: () => readFileSync(file, 'utf8'),
    write: (next) => {
      writeFileSync(file, next);
    },
  };
};
