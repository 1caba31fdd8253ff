import { fork } from 'node:child_process';
import type { Loaded } from '../config/load.ts';
import { sibling } from '../sibling.ts';

/**
 * Reads a config in a process of its own that ends with it. What reading takes, 25 MB with the schema library and half a
 * second for 10,000 secondaries, is no burden on a primary then; and at start both cores work.
 */
export const loadApart = async (file: string): Promise<Loaded> => {
  const { promise, resolve, reject } = Promise.withResolvers<Loaded>();
  const reader = fork(sibling('config-process'), [file], { serialization: 'advanced' });
  reader.once('message', (loaded) => {
    resolve(loaded as Loaded);
  });
  reader.once('error', reject);
  reader.once('exit', (code, signal) => {
    reject(new Error(`the process that reads the config ended without an answer: ${signal ?? String(code)}`));
  });
  return promise;
};
