import { join } from 'node:path';
import { createAsking } from '../asking.ts';
import { systemClock, systemDice } from '../clock.ts';
import type { ChecksFrom, Settings } from '../config/settings.ts';
import { nothingKnown, STALE_AFTER_INTERVALS, type PoolSnapshot } from '../model/pool.ts';
import { parsePingfile, parseSitefile } from '../stores/parse-pool-file.ts';
import { PINGFILE, SITEFILE } from '../stores/pool-file.ts';
import { readPoolFile } from '../stores/read-pool-file.ts';
import { standingsOf } from '../stores/standings-of.ts';

/** What is known of the pool, and how, in words. */
export interface Knowledge {
  readonly snapshot: PoolSnapshot;
  readonly words: string;
}

/** What a primary would go by now: the files where they are fresh, else answers of this moment. */
export const knowledge = async (settings: Settings, from: ChecksFrom): Promise<Knowledge> => {
  if (from === 'none') {
    return {
      snapshot: nothingKnown('none'),
      words: 'of nobody: this entrance asks nobody',
    };
  }
  const filed = from === 'cached' ? await readFiles(settings) : undefined;
  return filed ?? { snapshot: await askNow(settings), words: 'from asking everybody just now' };
};

/** One look cannot see whether the files still change, so here their own time must do. */
const readFiles = async ({
  stateFolder,
  checks: { everyMs },
  secondaries,
}: Settings): Promise<Knowledge | undefined> => {
  const [ping, site] = await Promise.all([
    readPoolFile(join(stateFolder, PINGFILE), parsePingfile),
    readPoolFile(join(stateFolder, SITEFILE), parseSitefile),
  ]);
  if (!ping.ok || ping.value.writtenAt === undefined) return undefined;
  const clock = systemClock();
  const ageMs = Math.max(0, clock.wall() - ping.value.writtenAt);
  if (ageMs > STALE_AFTER_INTERVALS * Math.max(everyMs, ping.value.everyMs ?? 0)) return undefined;
  const now = clock.now();
  const standings = standingsOf(
    { file: ping.value, firstSeenAt: now },
    site.ok ? { file: site.value, firstSeenAt: now } : undefined,
    { ids: secondaries.map(({ id }) => id), before: new Map(), startedAt: now },
  );
  return {
    snapshot: { seq: ping.value.seq, at: now, source: 'cached', standings },
    words: `from ${join(stateFolder, PINGFILE)}, written ${(ageMs / 1000).toFixed(1)} s ago`,
  };
};

const askNow = async (settings: Settings): Promise<PoolSnapshot> => {
  const { startLive, close } = createAsking({
    clock: systemClock(),
    dice: systemDice,
    journal: () => undefined,
  });
  const live = startLive({ settings });
  const snapshot = await live.pool();
  await live.stop();
  await close();
  return snapshot;
};
