import type { Observation } from '../model/outcome.ts';
import type { Id } from '../model/secondary.ts';
import { outcomeWords } from './words.ts';
import type { WallTime } from './wall-time.ts';

/** One check as a bar: when (milliseconds since 1970), how long it took; and why it failed, if it did. */
export type Beat = readonly [at: number, tookMs: number, failure?: string];

/** How many bars are kept for each secondary. */
export const BEATS = 40;

/** The last checks of each secondary. */
export interface Beats {
  /** Takes a check that is new. */
  readonly note: (seen: Observation) => void;
  /** Forgets all secondaries but these. */
  readonly keep: (ids: ReadonlySet<Id>) => void;
  /** oldest first, at most 40 */
  readonly of: (id: Id) => readonly Beat[];
  /** those after one instant and before another, in milliseconds since 1970; oldest first */
  readonly between: (id: Id, after: number, before: number) => readonly Beat[];
}

/** The checks of one secondary, in plain numbers: of ten thousand, four hundred thousand are kept. */
interface Track {
  readonly at: Float64Array;
  readonly tookMs: Float32Array;
  /** in words, by place */
  readonly failures: Map<number, string>;
  noted: number;
}

/** Remembers one check after the other. */
export const createBeats = (wallTime: WallTime): Beats => {
  const tracks = new Map<Id, Track>();

  return {
    note: ({ secondary, at, outcome }) => {
      const track = tracks.get(secondary) ?? fresh();
      tracks.set(secondary, track);
      const place = track.noted % BEATS;
      track.noted += 1;
      track.at[place] = wallTime.at(at);
      track.tookMs[place] = outcome.tookMs;
      if (outcome.ok) track.failures.delete(place);
      else track.failures.set(place, outcomeWords(outcome));
    },
    keep: (ids) => {
      for (const id of tracks.keys()) if (!ids.has(id)) tracks.delete(id);
    },
    of: (id) => {
      const track = tracks.get(id);
      if (track === undefined) return [];
      const held = Math.min(BEATS, track.noted);
      return Array.from({ length: held }, (_, nth) => beatAt(track, (track.noted - held + nth) % BEATS));
    },
    between: (id, after, before) => {
      const track = tracks.get(id);
      const found: Beat[] = [];
      if (track === undefined) return found;
      const oldest = Math.max(0, track.noted - BEATS);
      for (let nth = track.noted - 1; nth >= oldest; nth -= 1) {
        const at = track.at[nth % BEATS] ?? 0;
        if (at <= after) break;
        if (at < before) found.unshift(beatAt(track, nth % BEATS));
      }
      return found;
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
