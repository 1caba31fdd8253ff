import type { Case } from '../bench.ts';
import { accessLog } from './access-log.ts';
import { affinity } from './affinity.ts';
import { browser } from './browser.ts';
import { bytes } from './bytes.ts';
import { checked } from './checked.ts';
import { checks } from './checks.ts';
import { keepAlive } from './keep-alive.ts';
import { memory } from './memory.ts';
import { perVisit } from './per-visit.ts';
import { policies } from './policies.ts';
import { pool } from './pool.ts';
import { receipts } from './receipts.ts';
import { startUp } from './start-up.ts';
import { threads } from './threads.ts';
import { tls } from './tls.ts';
import { wholeVisit } from './whole-visit.ts';

/** Every case, in the order in which they are run. */
export const cases: readonly Case[] = [
  keepAlive,
  perVisit,
  wholeVisit,
  browser,
  affinity,
  accessLog,
  receipts,
  pool,
  policies,
  checks,
  threads,
  tls,
  bytes,
  memory,
  startUp,
  checked,
];
