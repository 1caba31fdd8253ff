import type { Loaded } from '../config/load.ts';
import { ActionableError } from '../errors.ts';
import { sibling } from '../sibling.ts';
import { askApart, type ApartOptions } from './ask-apart.ts';

/** A disk that does not answer in this time will not; the slowest board reads 10,000 secondaries in less, if it has time. */
const DEADLINE_MS = 20_000;

/**
 * Reads a config in a process of its own that ends with it. What reading takes, 25 MB with the schema library and half a
 * second for 10,000 secondaries, is no burden on a primary then; and at start both cores work. Where the process cannot
 * be started, or somebody kills it, the config is read here.
 *
 * @throws ActionableError when nothing came in 20 s, as from a network folder whose server is gone
 */
export const loadApart = async (
  file: string,
  { entry = sibling('config-process'), deadlineMs = DEADLINE_MS }: ApartOptions = {},
): Promise<Loaded> => {
  const told = await askApart<Loaded>({ entry, deadlineMs, args: [file] });
  if (told.kind === 'late') {
    throw new ActionableError(
      `Reading ${file} takes longer than ${String(deadlineMs / 1000)} s.`,
      'Look whether the disk or network folder that it lies on answers, and whether the machine has time; "usher validate" takes as long as it needs.',
    );
  }
  return told.kind === 'answer' ? told.answer : loadHere(file);
};

const loadHere = async (file: string): Promise<Loaded> => {
  const [{ loadConfig }, { registries }] = await Promise.all([
    import('../config/load.ts'),
    import('../registries.ts'),
  ]);
  return loadConfig(file, registries);
};
