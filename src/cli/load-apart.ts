import { fork, type ChildProcess } from 'node:child_process';
import type { Loaded } from '../config/load.ts';
import { ActionableError } from '../errors.ts';
import { sibling } from '../sibling.ts';

/** What a test may set. */
export interface ApartOptions {
  /** the module that the process runs */
  readonly entry?: URL;
  readonly deadlineMs?: number;
}

/** A disk that does not answer in this time will not; the slowest board reads 10,000 secondaries in less. */
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
  const { promise, resolve } = Promise.withResolvers<Loaded | 'late' | undefined>();
  let reader: ChildProcess;
  try {
    reader = fork(entry, [file], { serialization: 'advanced' });
  } catch {
    return loadHere(file);
  }
  const timer = setTimeout(() => {
    resolve('late');
    reader.kill('SIGKILL');
  }, deadlineMs);
  reader.once('message', (loaded) => {
    resolve(loaded as Loaded);
  });
  const end = (): void => {
    resolve(undefined);
  };
  reader.once('error', end);
  // not at its exit, which may be told before its last message is
  reader.once('disconnect', end);

  const loaded = await promise;
  clearTimeout(timer);
  if (loaded === 'late') {
    throw new ActionableError(
      `Reading ${file} takes longer than ${String(deadlineMs / 1000)} s.`,
      'Look whether the disk or network folder that it lies on answers.',
    );
  }
  return loaded ?? loadHere(file);
};

const loadHere = async (file: string): Promise<Loaded> => {
  const [{ loadConfig }, { registries }] = await Promise.all([
    import('../config/load.ts'),
    import('../registries.ts'),
  ]);
  return loadConfig(file, registries);
};
