import { Worker } from 'node:worker_threads';
import type { Loaded } from '../config/load.ts';
import { sibling } from '../sibling.ts';

/**
 * Reads a config in a thread of its own that ends with it. The schema library and what reading leaves behind are gone
 * afterwards (10 MB), a large list stops nobody (half a second for 10,000 secondaries), and at start both cores work.
 */
export const loadApart = async (file: string): Promise<Loaded> => {
  const { promise, resolve, reject } = Promise.withResolvers<Loaded>();
  const thread = new Worker(sibling('config-thread'), { workerData: file, name: 'config' });
  thread.once('message', resolve);
  thread.once('error', reject);
  thread.once('exit', () => {
    reject(new Error('the thread that reads the config ended without an answer'));
  });
  return promise;
};
