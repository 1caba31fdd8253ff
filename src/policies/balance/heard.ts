import { STALE_AFTER_INTERVALS } from '../../model/pool.ts';
import type { Rated } from './capacities.ts';
import { SILENT_MS } from './constants.ts';
import { weightedMedian } from './median.ts';

/**
 * Those of the pool that are still heard: their last report is not much older than the latest of all. What a dead one
 * said last is no part of what the pool holds. If all fall silent together, as with a file that is not made any more,
 * all count as they did: their reports fade at the same pace.
 *
 * @param everyMs how often the source of the reports makes a snapshot. One row that was asked anew in between does not
 *   make the others silent, even if all were while more visitors came.
 */
export const heardOf = (pool: readonly Rated[], everyMs: number): readonly Rated[] => {
  const latest = pool.reduce((at, { row }) => Math.max(at, row.report.at), -Infinity);
  const usualMs = weightedMedian(pool.map(({ row }) => ({ value: row.sinceLastMs, weight: row.weight })));
  const silentMs = Math.max(STALE_AFTER_INTERVALS * Math.max(usualMs, everyMs), SILENT_MS);
  return pool.filter(({ row }) => latest - row.report.at <= silentMs);
};
