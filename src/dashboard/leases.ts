import type { Instant } from '../model/clock.ts';
import type { Id } from '../model/secondary.ts';
import type { Counts, Sent } from './counts.ts';

/** Who may still come back to a secondary by his cookie. */
export interface Lease {
  /** about how many: those who hold a cookie that names it; at least 1 while somebody comes back */
  readonly visitors: number;
  /** when the last cookie that names it ends at the latest; undefined: there is none */
  readonly untilAt: Instant | undefined;
  /** there may be others, who got their cookies before the start: nobody counted them */
  readonly hasUncounted: boolean;
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

/** In so many steps cookies end over their life. */
const STEPS = 60;
/** A step is forgotten when the last cookie of it has ended, not the first. */
const BUCKETS = STEPS + 1;

interface Track {
  /** totals of the second before; numbers, because an object that lives for a second is garbage of the costly kind */
  given: number;
  kept: number;
  replaced: number;
  /** when the last cookie that names it was given, as far as anybody knows */
  givenAt: Instant | undefined;
  /** somebody came back who may still hold his cookie */
  cameBackAt: Instant | undefined;
  /** it was there at the start */
  readonly isOfStart: boolean;
  /** the step that the newest bucket is for */
  step: number;
  /** cookies by the step in which they were given */
  readonly buckets: Float64Array;
  /** in all buckets together */
  held: number;
}

/**
 * Counts leases from the totals of the ledger, in bounded memory. A cookie counts from when it is given until its life is
 * over or another replaces it; which one was replaced nobody knows, so the oldest is taken for it. A secondary that drains
 * gives no cookies: its last visitor is gone one life after it gave the last one, and that instant stands still. What was
 * before the start nobody counted: cookies of then may live until one life after it.
 */
export const createLeases = (): Leases => {
  let tracks = new Map<Id, Track>();
  let listed: readonly Id[] | undefined;
  let life = 0;
  let startAt: Instant | undefined;
  let lookedAt = 0;

  const note = ({ counts, ids, forMs, now }: Sample): void => {
    const step = forMs === 0 ? 0 : Math.floor((now * STEPS) / forMs);
    const kept = ids === listed ? tracks : new Map<Id, Track>();
    for (const id of ids) {
      const sent = counts.bySecondary.get(id) ?? NOBODY;
      const known = tracks.get(id);
      const track = known ?? fresh(step, startAt === undefined ? now : undefined);
      if (known === undefined || kept !== tracks) kept.set(id, track);
      if (forMs === life) advance(track, step);
      else gather(track, step);
      // counts begin anew when an id is taken out of the list and put back
      const given = Math.max(0, sent.given - track.given);
      if (given > 0) track.givenAt = now;
      if (sent.kept > track.kept) track.cameBackAt = now;
      const at = step % BUCKETS;
      track.buckets[at] = (track.buckets[at] ?? 0) + given;
      track.held += given;
      replace(track, Math.max(0, sent.replaced - track.replaced));
      track.given = sent.given;
      track.kept = sent.kept;
      track.replaced = sent.replaced;
    }
    tracks = kept;
    listed = ids;
    life = forMs;
    startAt ??= now;
    lookedAt = now;
  };

  const of = (id: Id): Lease => {
    const track = tracks.get(id);
    const untilAt = track?.givenAt === undefined ? 0 : track.givenAt + life;
    if (track === undefined || life === 0 || untilAt <= lookedAt) return NO_LEASE;
    const isComing = track.cameBackAt !== undefined && track.cameBackAt + life > lookedAt;
    return {
      visitors: Math.max(track.held, isComing ? 1 : 0),
      untilAt,
      hasUncounted: track.isOfStart && startAt !== undefined && startAt + life > lookedAt,
    };
  };

  return { note, of };
};

const NOBODY: Sent = { chosen: 0, kept: 0, given: 0, replaced: 0 };
const NO_LEASE: Lease = { visitors: 0, untilAt: undefined, hasUncounted: false };

const fresh = (step: number, givenAt: Instant | undefined): Track => ({
  given: 0,
  kept: 0,
  replaced: 0,
  givenAt,
  cameBackAt: undefined,
  isOfStart: givenAt !== undefined,
  step,
  buckets: new Float64Array(BUCKETS),
  held: 0,
});

/** Forgets the cookies of the steps that are over. */
const advance = (track: Track, step: number): void => {
  for (let next = Math.max(track.step + 1, step - BUCKETS + 1); next <= step; next += 1) {
    track.held -= track.buckets[next % BUCKETS] ?? 0;
    track.buckets[next % BUCKETS] = 0;
  }
  track.step = step;
};

/** Takes so many of the oldest cookies out. */
const replace = (track: Track, replaced: number): void => {
  let rest = replaced;
  for (let back = BUCKETS - 1; back >= 0 && rest > 0; back -= 1) {
    const at = (track.step + BUCKETS - back) % BUCKETS;
    const taken = Math.min(rest, track.buckets[at] ?? 0);
    track.buckets[at] = (track.buckets[at] ?? 0) - taken;
    track.held -= taken;
    rest -= taken;
  }
};

/** Cookies live longer or shorter from now on: whoever is there counts as new. */
const gather = (track: Track, step: number): void => {
  track.buckets.fill(0);
  track.buckets[step % BUCKETS] = track.held;
  track.step = step;
};
