import type { Instant } from '../model/clock.ts';
import type { Id } from '../model/secondary.ts';
import type { Counts } from './counts.ts';

/** Who may still come back to a secondary by his cookie. */
export interface Lease {
  /** about how many: those chosen for it within the life of a cookie */
  readonly visitors: number;
  /** when the last cookie that names it ends at the latest; undefined: there is none */
  readonly untilAt: Instant | undefined;
}

/** What one second looked like. */
interface Sample {
  readonly counts: Counts;
  readonly ids: readonly Id[];
  /** the life of a cookie; 0 where there is none */
  readonly forMs: number;
  readonly now: Instant;
}

/** Knows about whom each secondary still has. */
export interface Leases {
  /** Takes down one second. */
  readonly note: (sample: Sample) => void;
  readonly of: (id: Id) => Lease;
}

/** In so many steps visitors are forgotten over the life of a cookie. */
const STEPS = 60;

interface Track {
  sent: number;
  chosen: number;
  lastAt: Instant | undefined;
  /** the step that the newest bucket is for */
  step: number;
  readonly buckets: Float64Array;
  /** of all buckets together */
  held: number;
}

/**
 * Counts leases from the totals of the ledger, in bounded memory. Each visit may have got a cookie for its whole life
 * (one that is back late in his gets a new one), so the last visit and one life more is the end of all of them. What was
 * before the start nobody knows: cookies of then count until one life after it.
 */
export const createLeases = (): Leases => {
  let tracks = new Map<Id, Track>();
  let listed: readonly Id[] | undefined;
  let life = 0;
  let isFirst = true;

  const note = ({ counts, ids, forMs, now }: Sample): void => {
    const step = forMs === 0 ? 0 : Math.floor((now * STEPS) / forMs);
    const kept = ids === listed ? tracks : new Map<Id, Track>();
    for (const id of ids) {
      const { chosen, kept: returned } = counts.bySecondary.get(id) ?? NOBODY;
      const sent = chosen + returned;
      const before = tracks.get(id);
      const track = before ?? fresh(step, isFirst ? now : undefined);
      if (before === undefined || kept !== tracks) kept.set(id, track);
      if (forMs === life) advance(track, step);
      else gather(track, step);
      // counts begin anew when an id is taken out of the list and put back
      if (sent > track.sent) track.lastAt = now;
      const at = step % STEPS;
      const came = Math.max(0, chosen - track.chosen);
      track.buckets[at] = (track.buckets[at] ?? 0) + came;
      track.held += came;
      track.sent = sent;
      track.chosen = chosen;
    }
    tracks = kept;
    listed = ids;
    life = forMs;
    isFirst = false;
  };

  const of = (id: Id): Lease => {
    const track = tracks.get(id);
    if (track?.lastAt === undefined || life === 0) return { visitors: 0, untilAt: undefined };
    return { visitors: track.held, untilAt: track.lastAt + life };
  };

  return { note, of };
};

const NOBODY = { chosen: 0, kept: 0 };

const fresh = (step: number, lastAt: Instant | undefined): Track => ({
  sent: 0,
  chosen: 0,
  lastAt,
  step,
  buckets: new Float64Array(STEPS),
  held: 0,
});

/** Forgets the visitors of the steps that are over. */
const advance = (track: Track, step: number): void => {
  for (let next = Math.max(track.step + 1, step - STEPS + 1); next <= step; next += 1) {
    track.held -= track.buckets[next % STEPS] ?? 0;
    track.buckets[next % STEPS] = 0;
  }
  track.step = step;
};

/** Cookies live longer or shorter from now on: whoever is there counts as new. */
const gather = (track: Track, step: number): void => {
  track.buckets.fill(0);
  track.buckets[step % STEPS] = track.held;
  track.step = step;
};
