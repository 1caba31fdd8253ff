import { resolve } from 'node:path';
import { inOrder } from '../config/in-order.ts';
import type { Settings } from '../config/settings.ts';
import type { Io } from './command.ts';
import { loadApart } from './load-apart.ts';

/** A config that was read from a file. */
export interface LoadedSettings {
  readonly file: string;
  readonly settings: Settings;
  /** every file that the config is made of */
  readonly files: readonly string[];
  /** their state when they were read, for `watchConfig` */
  readonly fingerprint: string;
}

/** Reads the config that a command was given, `usher.json` by default; throws with every mistake in it. */
export const loadSettings = async (config: string | undefined, io: Io): Promise<LoadedSettings> => {
  const file = resolve(io.cwd, config ?? 'usher.json');
  const loaded = await loadApart(file);
  const { files, fingerprint } = loaded;
  return { file, settings: inOrder(loaded, file), files, fingerprint };
};
