import { parentPort, workerData } from 'node:worker_threads';
import { loadConfig } from './config/load.ts';
import { registries } from './registries.ts';

// Entry of the thread that reads a config and ends: see cli/load-apart.ts.
parentPort?.postMessage(await loadConfig(workerData as string, registries));
