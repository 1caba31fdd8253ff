import type { Instant } from '../../model/clock.ts';
import type { LoadReport } from '../../model/load-report.ts';
import type { LedgerView } from '../../model/policy.ts';
import type { Id, Origin } from '../../model/secondary.ts';
import { USUAL_MS } from './constants.ts';
import { fadedSum } from './fading.ts';
import { foldMean } from './mean.ts';
import type { Memory, Remembered } from './memory.ts';
import { remember } from './remember.ts';

/** A secondary as the slow loop meets it: what a snapshot says of its load. */
export interface Reported {
  readonly id: Id;
  /** its row in the ledger */
  readonly slot: number;
  /** as configured */
  readonly weight: number;
  /** where it is reached: at another address is another machine; absent: it never moves */
  readonly at?: Origin;
  readonly load?: LoadReport;
}

export interface News {
  readonly now: Instant;
  /** how often the source of the reports makes a snapshot; absent: only when a visitor comes */
  readonly everyMs?: number | undefined;
  /** the whole pool; one that is missing is forgotten */
  readonly pool: readonly Reported[];
  readonly ledger: LedgerView;
}

/**
 * The slow loop: folds the reports of a snapshot into what is remembered. A report that was folded before changes
 * nothing, so it may be called with every snapshot. A visit pays nothing for it.
 */
export const learn = (memory: Memory, { now, everyMs = 0, pool, ledger }: News): Memory => {
  const threads = ledger.fading;
  const rows = new Map<Id, Remembered>();
  for (const { id, slot, weight, at: origin, load } of pool) {
    if (weight <= 0) continue;
    const known = memory.rows.get(id);
    const before = known?.origin === origin ? known : undefined;
    const row = isNews(load, before, now)
      ? remember(before, { weight, origin, load, slot, threads, now })
      : before;
    if (row !== undefined) rows.set(id, row.weight === weight ? row : { ...row, weight });
  }
  const seen = { value: fadedSum(threads, now), ms: Math.max(0, now - memory.at) };
  return { at: now, everyMs, rows, usual: foldMean(memory.usual, seen, USUAL_MS) };
};

/** One from the future is news once, and not again when its time has come. */
const isNews = (
  load: LoadReport | undefined,
  before: Remembered | undefined,
  now: Instant,
): load is LoadReport =>
  load !== undefined &&
  (before === undefined || (load.at !== before.toldAt && Math.min(load.at, now) > before.report.at));
