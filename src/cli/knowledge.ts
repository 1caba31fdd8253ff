import { createAsking } from '../asking.ts';
import { systemClock, systemDice } from '../clock.ts';
import type { ChecksFrom, Settings } from '../config/settings.ts';
import { nothingKnown, type PoolSnapshot } from '../model/pool.ts';
import { pingfileOf, readFiledPool } from './filed-pool.ts';

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

const readFiles = async (settings: Settings): Promise<Knowledge | undefined> => {
  const filed = await readFiledPool(settings, systemClock());
  if (!filed.ok || filed.value.isStale) return undefined;
  const { snapshot, ageMs } = filed.value;
  return {
    snapshot,
    words: `from ${pingfileOf(settings)}, written ${(ageMs / 1000).toFixed(1)} s ago`,
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
