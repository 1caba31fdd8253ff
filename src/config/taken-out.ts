import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Secondary } from '../model/secondary.ts';
import type { SecondarySettings, Settings } from './settings.ts';

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

/** What beside the list says what the operator wants of secondaries. */
export interface Beside {
  /** whom files take out */
  readonly names: ReadonlySet<string>;
  /** by the machine's clock */
  readonly wallMs: number;
}

/**
 * The settings as visitors meet them: in maintenance whom a file takes out, whatever the config says of them, and ready
 * again whose state has ended by now.
 */
export const inForce = (settings: Settings, { names, wallMs }: Beside): Settings =>
  withTakenOut(withEnds(settings, wallMs), names);

/** The settings as visitors would meet them now, by the files as they are; where the folder cannot be read, without them. */
export const readInForce = async (settings: Settings, wallMs: number): Promise<Settings> =>
  inForce(settings, { names: (await readTakenOut(settings.stateFolder)) ?? new Set(), wallMs });

const withEnds = (settings: Settings, wallMs: number): Settings => {
  const isOver = ({ untilAt }: Secondary): boolean => untilAt !== undefined && untilAt <= wallMs;
  if (!settings.secondaries.some(isOver)) return settings;
  const secondaries = settings.secondaries.map((secondary) => {
    if (!isOver(secondary)) return secondary;
    const { untilAt: _, ...rest } = secondary;
    return { ...rest, state: 'ready' } as const;
  });
  return { ...settings, secondaries };
};

const withTakenOut = (settings: Settings, names: ReadonlySet<string>): Settings => {
  if (!settings.secondaries.some(({ id }) => names.has(id))) return settings;
  const secondaries = settings.secondaries.map((secondary) =>
    names.has(secondary.id) ? takenOut(secondary, settings.stateFolder) : secondary,
  );
  return { ...settings, secondaries };
};

const takenOut = (
  { untilAt: _, ...secondary }: SecondarySettings,
  stateFolder: string,
): SecondarySettings => ({
  ...secondary,
  state: 'maintenance',
  takenOutBy: join(takenOutFolder(stateFolder), secondary.id),
});
