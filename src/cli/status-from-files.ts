import { relative } from 'node:path';
import { systemClock } from '../clock.ts';
import { ago } from '../../public/dashboard-words.js';
import type { Settings } from '../config/settings.ts';
import { readInForce } from '../config/taken-out.ts';
import { createDashboard } from '../dashboard/dashboard.ts';
import type { Status } from '../dashboard/status.ts';
import { nothingKnown } from '../model/pool.ts';
import { version } from '../version.ts';
import { pingfileOf, readFiledPool } from './filed-pool.ts';

/**
 * How the pool stands while no Usher runs: what the config lists and what the two files last told. Whom the primary
 * sent where only a running one knows, so that counts as nothing.
 *
 * @param cwd the folder that files are named from
 */
export const statusFromFiles = async (loaded: Settings, cwd: string): Promise<Status> => {
  const clock = systemClock();
  const settings = await readInForce(loaded, clock.wall());
  const filed = await readFiledPool(settings, clock);
  const snapshot = filed.ok ? filed.value.snapshot : nothingKnown('none');
  const dashboard = createDashboard({
    clock,
    version,
    pool: () => snapshot,
    settings: () => settings,
    counts: () => ({ bySecondary: new Map(), none: 0, refused: {}, dropped: 0 }),
    entries: () => [],
    onEvent: () => () => undefined,
    mistakes: () => [],
    complaints: { rows: () => [], total: () => 0 },
  });
  const status = dashboard.status();
  dashboard.stop();
  const path = relative(cwd, pingfileOf(settings));
  if (!filed.ok) {
    const words = `Only what the config lists: ${path} tells nothing, ${filed.because}`;
    return { ...status, news: { ...status.news, words, tone: 'watch' } };
  }
  const { ageMs, writer, isStale } = filed.value;
  const words = `As ${path} tells, written ${ago(ageMs)}${writer === undefined ? '' : ` by ${writer}`}`;
  return { ...status, news: { ...status.news, words, tone: isStale ? 'watch' : 'quiet' } };
};
