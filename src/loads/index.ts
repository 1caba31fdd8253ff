import type { Registry } from '../unit.ts';
import { agent } from './agent.ts';
import { apache } from './apache.ts';
import { exec } from './exec.ts';
import { json } from './json.ts';
import type { LoadReader } from './load-reader.ts';
import { nginx } from './nginx.ts';
import { orca } from './orca.ts';
import { prometheus } from './prometheus.ts';

/** The load readers, by the name they have in the config. */
export const loads: Registry<LoadReader> = { apache, nginx, json, agent, prometheus, orca, exec };
