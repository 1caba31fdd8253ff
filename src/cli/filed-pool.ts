import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../config/settings.ts';
import { STALE_AFTER_INTERVALS, type PoolSnapshot } from '../model/pool.ts';
import type { Clock } from '../model/clock.ts';
import { parsePingfile, parseSitefile } from '../stores/parse-pool-file.ts';
import { PINGFILE, SITEFILE, type Parsed } from '../stores/pool-file.ts';
import { readPoolFile } from '../stores/read-pool-file.ts';
import { standingsOf } from '../stores/standings-of.ts';

/** What the two files tell, to whoever looks at them once. */
export interface FiledPool {
  readonly snapshot: PoolSnapshot;
  /** who wrote the pingfile, for people */
  readonly writer: string | undefined;
  /** since the pingfile was written, by the wall clock */
  readonly ageMs: number;
  /** older than three intervals: nobody writes it any more, or the clocks are apart */
  readonly isStale: boolean;
}

/** Where the pingfile of a config is. */
export const pingfileOf = ({ stateFolder }: Pick<Settings, 'stateFolder'>): string =>
  join(stateFolder, PINGFILE);

/**
 * Reads the two files once, whatever their age. One look cannot see whether they still change, so here their own time
 * must do, or for a writer who gives none the file's.
 */
export const readFiledPool = async (
  { stateFolder, checks, secondaries }: Pick<Settings, 'stateFolder' | 'checks' | 'secondaries'>,
  clock: Clock,
): Promise<Parsed<FiledPool>> => {
  const path = pingfileOf({ stateFolder });
  const [ping, site] = await Promise.all([
    readPoolFile(path, parsePingfile),
    readPoolFile(join(stateFolder, SITEFILE), parseSitefile),
  ]);
  if (!ping.ok) return ping;
  const { seq, writer, everyMs = checks.everyMs } = ping.value;
  const now = clock.now();
  const ageMs = Math.max(0, clock.wall() - (ping.value.writtenAt ?? (await changedAt(path))));
  // as if they had been seen when they were written: so what they tell is as old as it is
  const at = now - ageMs;
  const standings = standingsOf(
    { file: ping.value, firstSeenAt: at },
    site.ok ? { file: site.value, firstSeenAt: at } : undefined,
    { ids: secondaries.map(({ id }) => id), before: new Map(), startedAt: at },
  );
  return {
    ok: true,
    value: {
      snapshot: { seq, at, source: 'cached', everyMs, standings },
      writer,
      ageMs,
      isStale: ageMs > STALE_AFTER_INTERVALS * Math.max(checks.everyMs, everyMs),
    },
  };
};

const changedAt = async (path: string): Promise<number> => {
  const seen = await stat(path).catch(() => undefined);
  return seen?.mtimeMs ?? 0;
};
