import type { Instant } from '../model/clock.ts';
import type { Observation } from '../model/outcome.ts';
import type { Health, Verdict } from '../model/verdict.ts';

/** After this time a flap counts half. */
const FLAP_HALF_LIFE_MS = 10 * 60_000;

/** How many times `rise` grows to, at most, for a secondary that flaps. */
const CAUTION = 5;

/** What turns a verdict. */
export interface Thresholds {
  /** passes in a row that turn it up; more of them for a secondary that turned down often lately */
  readonly rise: number;
  /** failures in a row that turn it down */
  readonly fall: number;
  /** how many times `rise` may grow to for a secondary that flaps; 1 forgives every flap; absent: 5 */
  readonly caution?: number;
}

/** The verdict on a secondary that nobody has asked yet, when the program starts. */
export const unjudged = (since: Instant): Verdict => ({
  health: 'unknown',
  since,
  passes: 0,
  fails: 0,
  flaps: 0,
});

/** The verdict on a secondary that was added to a running pool: it will warm up once it has answered. */
export const newcomer = (since: Instant): Verdict => ({ ...unjudged(since), warmingSince: since });

/**
 * Folds one more observation into a verdict. The first observation decides at once; after that only an unbroken run
 * of failures or passes turns it. That we could not ask says nothing of the secondary: the verdict stays as it is.
 */
export const judge = (before: Verdict, observed: Observation, thresholds: Thresholds): Verdict => {
  const seen = before.health === 'down' ? withoutLeave(observed) : observed;
  const { outcome } = seen;
  const { ok } = outcome;
  if (!ok && outcome.failure === 'exhausted') return before;
  const passes = ok ? before.passes + 1 : 0;
  const fails = ok ? 0 : before.fails + 1;
  const flaps = faded(before, seen.at);
  const health = turned(before.health, { passes, fails, flaps }, thresholds);
  const hasTurned = health !== before.health;
  const warmingSince = warmingOf(before, health, seen.at);
  return {
    health,
    since: hasTurned ? seen.at : before.since,
    passes,
    fails,
    flaps: before.health === 'up' && health === 'down' ? flaps + 1 : flaps,
    ...(warmingSince === undefined ? {} : { warmingSince }),
    ...(outcome.ok && outcome.leaving === true ? { leaving: true } : {}),
    evidence: seen,
  };
};

/** Only who works can leave: of one that is down, the missing page says that it is not back yet. */
const withoutLeave = (seen: Observation): Observation => {
  const { outcome } = seen;
  if (!outcome.ok || outcome.leaving !== true) return seen;
  const { tookMs, detail = 'it is leaving' } = outcome;
  return { ...seen, outcome: { ok: false, tookMs, failure: 'status', detail } };
};

const turned = (
  before: Health,
  { passes, fails, flaps }: { passes: number; fails: number; flaps: number },
  { rise, fall, caution = CAUTION }: Thresholds,
): Health => {
  if (before === 'unknown') return passes > 0 ? 'up' : 'down';
  if (before === 'up') return fails >= fall ? 'down' : 'up';
  return passes >= passesNeeded(rise, flaps, caution) ? 'up' : 'down';
};

/** A first outage costs `rise` passes as the operator wrote; every earlier one that is not yet forgotten adds as many. */
const passesNeeded = (rise: number, flaps: number, caution: number): number =>
  Math.round(rise * Math.min(caution, 1 + Math.max(0, flaps - 1)));

const faded = ({ flaps, evidence }: Verdict, now: Instant): number => {
  if (flaps === 0 || evidence === undefined) return flaps;
  return flaps * 0.5 ** (Math.max(0, now - evidence.at) / FLAP_HALF_LIFE_MS);
};

const warmingOf = (before: Verdict, health: Health, now: Instant): Instant | undefined => {
  if (health !== 'up') return undefined;
  if (before.health === 'down') return now;
  if (before.health === 'unknown') return before.warmingSince === undefined ? undefined : now;
  return before.warmingSince;
};
