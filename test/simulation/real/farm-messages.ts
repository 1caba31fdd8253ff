import type { Traffic } from '../visitors.ts';
import type { Met } from './visit.ts';

/** What a thread with secondaries and visitors is started with; seconds. */
export interface FarmTask {
  readonly speeds: readonly number[];
  readonly traffic: Traffic;
  readonly seed: number;
  readonly warmUp: number;
  readonly end: number;
}

/** Visitors begin to come, to the primary on this port of loopback. */
export interface ToFarm {
  readonly primary: number;
}

export type FromFarm =
  { readonly type: 'ports'; readonly ports: readonly number[] } | { readonly type: 'met'; readonly met: Met };
