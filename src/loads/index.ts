import type { Registry } from '../unit.ts';
import { apache } from './apache.ts';
import type { LoadReader } from './load-reader.ts';

/** The load readers, by the name they have in the config. */
export const loads: Registry<LoadReader> = { apache };
