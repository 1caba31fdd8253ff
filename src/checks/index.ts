import type { Registry } from '../unit.ts';
import type { Check } from './check.ts';
import { exec } from './exec.ts';
import { http } from './http.ts';
import { icmp } from './icmp.ts';
import { tcp } from './tcp.ts';

/** The checks, by the name they have in the config. */
export const checks: Registry<Check> = { http, tcp, icmp, exec };
