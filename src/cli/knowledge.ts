import { join } from 'node:path';
import { checks } from '../checks/index.ts';
import { systemClock, systemDice } from '../clock.ts';
import type { ChecksFrom, Settings } from '../config/settings.ts';
import { loads } from '../loads/index.ts';
import type { PoolSnapshot } from '../model/pool.ts';
import { startLive } from '../monitor/live.ts';
import { createWire } from '../wire/create-wire.ts';

/** What is known of the pool, and how, in words. */
export interface Knowledge {
  readonly snapshot: PoolSnapshot;
  readonly words: string;
}
