import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from './settings.ts';

/** The folder whose files take secondaries out: `maintenance/web1` of the state folder. */
export const takenOutFolder = (stateFolder: string): string => join(stateFolder, 'maintenance');

/**
 * The names of the files that take secondaries out; hidden ones are an editor's or a file system's own. No folder: none.
 *
 * @returns undefined where the folder cannot be read just now: whatever was known of it still counts
 */
export const readTakenOut = async (stateFolder: string): Promise<ReadonlySet<string> | undefined> => {
  try {
    const names = await readdir(takenOutFolder(stateFolder));
    return new Set(names.filter((name) => !name.startsWith('.')));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return ['ENOENT', 'ENOTDIR'].includes(code) ? new Set() : undefined;
  }
};

/** The settings with those secondaries in maintenance, whatever the config says of them. */
export const withTakenOut = (settings: Settings, names: ReadonlySet<string>): Settings => {
  if (!settings.secondaries.some(({ id }) => names.has(id))) return settings;
  const secondaries = settings.secondaries.map((secondary) =>
    names.has(secondary.id) ? ({ ...secondary, state: 'maintenance' } as const) : secondary,
  );
  return { ...settings, secondaries };
};
