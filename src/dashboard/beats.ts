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

/** The checks of one secondary, in plain numbers: of ten thousand, four hundred thousand are kept. */
interface Track {
  readonly at: Float64Array;
  readonly tookMs: Float32Array;
  /** in words, by place */
  readonly failures: Map<number, string>;
  noted: number;
}

/** Remembers the evidence of one snapshot after the other. */
export const createBeats = (wallTime: WallTime): Beats => {
  const tracks = new Map<Id, Track>();
  let listed: ReadonlySet<Id> = new Set();

  const list = (ids: readonly Id[]): void => {
    if (ids.length === listed.size && ids.every((id) => listed.has(id))) return;
    listed = new Set(ids);
    for (const id of tracks.keys()) if (!listed.has(id)) tracks.delete(id);
  };

  return {
    note: (pool, ids) => {
      list(ids);
      for (const id of ids) {
        const evidence = pool.standings.get(id)?.verdict.evidence;
        if (evidence === undefined) continue;
        const at = wallTime.at(evidence.at);
        const track = tracks.get(id) ?? fresh();
        tracks.set(id, track);
        if (track.noted > 0 && track.at[(track.noted - 1) % BEATS] === at) continue;
        const place = track.noted % BEATS;
        track.noted += 1;
        track.at[place] = at;
        track.tookMs[place] = evidence.outcome.tookMs;
        if (evidence.outcome.ok) track.failures.delete(place);
        else track.failures.set(place, outcomeWords(evidence.outcome));
      }
    },
    of: (id) => {
      const track = tracks.get(id);
      if (track === undefined) return [];
      const held = Math.min(BEATS, track.noted);
      return Array.from({ length: held }, (_, nth) => beatAt(track, (track.noted - held + nth) % BEATS));
    },
  };
};

const fresh = (): Track => ({
  at: new Float64Array(BEATS),
  tookMs: new Float32Array(BEATS),
  failures: new Map(),
  noted: 0,
});

const beatAt = ({ at, tookMs, failures }: Track, place: number): Beat => {
  const took = Math.round((tookMs[place] ?? 0) * 10) / 10;
  const failure = failures.get(place);
  return failure === undefined ? [at[place] ?? 0, took] : [at[place] ?? 0, took, failure];
};
