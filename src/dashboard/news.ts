import type { Settings } from '../config/settings.ts';
import type { Entry } from '../journal.ts';
import type { Instant } from '../model/clock.ts';
import { STALE_AFTER_INTERVALS, type PoolSnapshot } from '../model/pool.ts';
import type { News } from './status.ts';
import type { WallTime } from './wall-time.ts';
import { sourceWords, type Tone } from './words.ts';

export interface NewsSources {
  readonly pool: PoolSnapshot;
  readonly checks: Pick<Settings['checks'], 'from' | 'everyMs'>;
  readonly entries: readonly Entry[];
  readonly wallTime: WallTime;
  readonly now: Instant;
}

/** Whether the secondaries are asked at all. Where they are not, none of them stands in any snapshot. */
export const isBlind = ({ pool, checks }: Pick<NewsSources, 'pool' | 'checks'>): boolean =>
  pool.source === 'none' && checks.from === 'none';

/** How old the snapshot in force is; `undefined` before the first, or when nobody is asked. */
export const newsAgeMs = ({ pool, now }: Pick<NewsSources, 'pool' | 'now'>): number | undefined =>
  pool.source === 'none' ? undefined : Math.max(0, Math.round(now - pool.at));

/** Where the news comes from, how old it is, and whether to mind that. */
export const newsOf = (sources: NewsSources): News => {
  const { pool, checks, entries, wallTime } = sources;
  const ageMs = newsAgeMs(sources);
  const isPeriodic = pool.source === 'cached' || pool.source === 'own' || pool.source === 'memory';
  const staleAfterMs = isPeriodic ? STALE_AFTER_INTERVALS * (pool.everyMs ?? checks.everyMs) : null;
  const isStale = staleAfterMs !== null && ageMs !== undefined && ageMs > staleAfterMs;
  return {
    source: pool.source,
    seq: pool.seq,
    at: ageMs === undefined ? null : wallTime.iso(pool.at),
    ageMs: ageMs ?? null,
    isStale,
    staleAfterMs,
    ...said(sources, isStale ? 'stale' : 'fresh', lastReason(entries)),
  };
};

const said = (
  { pool, checks }: NewsSources,
  age: 'stale' | 'fresh',
  because: string | undefined,
): { words: string; tone: Tone } => {
  if (pool.source === 'none' && checks.from !== 'none') {
    return {
      words: checks.from === 'live' ? 'No visitor came yet, so nobody was asked' : 'No news yet',
      tone: 'quiet',
    };
  }
  const words = sourceWords(pool.source);
  if (age === 'stale') return { words: `${words}, but nothing new comes`, tone: 'trouble' };
  if (pool.source !== 'own') return { words, tone: 'quiet' };
  return { words: because === undefined ? words : `${words} (${because})`, tone: 'watch' };
};

/** Why the secondaries are asked from here: what the journal last said of it. */
const lastReason = (entries: readonly Entry[]): string | undefined => {
  const at = entries.findLastIndex((entry) => entry.type === 'source-changed');
  const change = entries[at];
  if (change?.type !== 'source-changed' || change.to !== 'own') return undefined;
  const refused = entries.slice(at + 1).findLast((entry) => entry.type === 'files-refused');
  return refused?.type === 'files-refused' ? `${refused.file}: ${refused.because}` : change.because;
};
