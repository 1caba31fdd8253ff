import type { PoolSnapshot } from '../model/pool.ts';
import type { Id } from '../model/secondary.ts';
import { outcomeWords } from './words.ts';
import type { WallTime } from './wall-time.ts';

/** One check as a bar: when (milliseconds since 1970), how long it took; and why it failed, if it did. */
export type Beat = readonly [at: number, tookMs: number, failure?: string];

/** How many bars are kept for each secondary. */
export const BEATS = 40;

/** The last checks of each secondary. */
export interface Beats {
  /** Takes the checks that are new in this snapshot; forgets secondaries that left. */
  readonly note: (pool: PoolSnapshot, ids: readonly Id[]) => void;
  /** oldest first, at most 40 */
  readonly of: (id: Id) => readonly Beat[];
}

/** Remembers the evidence of one snapshot after the other. */
export const createBeats = (wallTime: WallTime): Beats => {
  let known = new Map<Id, Beat[]>();
  return {
    note: (pool, ids) => {
      const kept = new Map<Id, Beat[]>();
      for (const id of ids) {
        const beats = known.get(id) ?? [];
        kept.set(id, beats);
        const evidence = pool.standings.get(id)?.verdict.evidence;
        if (evidence === undefined) continue;
        const at = wallTime.at(evidence.at);
        const before = beats.at(-1)?.[0];
        if (before === at) continue;
        const tookMs = Math.round(evidence.outcome.tookMs * 10) / 10;
        beats.push(evidence.outcome.ok ? [at, tookMs] : [at, tookMs, outcomeWords(evidence.outcome)]);
        if (beats.length > BEATS) beats.shift();
      }
      known = kept;
    },
    of: (id) => known.get(id) ?? [],
  };
};
