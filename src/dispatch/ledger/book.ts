import type { Instant } from '../../model/clock.ts';
import { countsVisitors } from '../../model/load-report.ts';
import type { PoolSnapshot } from '../../model/pool.ts';
import type { Id, Secondary } from '../../model/secondary.ts';
import { allocateLedger, openLedger, type Ledger, type LedgerShape } from './ledger.ts';
import { assignSlots } from './slots.ts';

/** A ledger with the secondaries that its rows are for. */
export interface Book {
  readonly slots: ReadonlyMap<Id, number>;
  /** slots that are not free yet, with when they were given up */
  readonly held: ReadonlyMap<number, Instant>;
  readonly memory: SharedArrayBuffer;
  readonly shape: LedgerShape;
  readonly ledger: Ledger;
  /** when the last report of each that counts its visitors was measured */
  readonly reportedAt: Map<Id, Instant>;
  /** Notes which load reports are new and count visitors: those who were sent before are in them. */
  readonly markReports: (snapshot: PoolSnapshot, now: Instant) => void;
}

const FEWEST_SLOTS = 64;

/**
 * The ledger for these secondaries: the one before where it is large enough, else a larger one with its counts, but for
 * the few visits that door threads count until they go by it.
 */
export const openBook = (
  secondaries: readonly Secondary[],
  {
    threads,
    now,
    before,
  }: { readonly threads: number; readonly now: Instant; readonly before?: Book | undefined },
): Book => {
  const { of, fresh, held } = assignSlots(
    secondaries.map(({ id }) => id),
    now,
    before && { of: before.slots, held: before.held },
  );
  const needed = Math.max(0, ...of.values()) + 1;
  const book =
    before !== undefined && needed <= before.shape.slots ? before : largerBook(needed, threads, before);
  for (const slot of fresh) book.ledger.clear(slot, now);
  const reportedAt = new Map([...(before?.reportedAt ?? [])].filter(([id]) => of.has(id)));
  return { ...book, slots: of, held, reportedAt, markReports: marking(of, book.ledger, reportedAt) };
};

const largerBook = (
  needed: number,
  threads: number,
  before: Book | undefined,
): Pick<Book, 'memory' | 'shape' | 'ledger'> => {
  const shape = { threads, slots: Math.max(FEWEST_SLOTS, 2 ** Math.ceil(Math.log2(needed + 1))) };
  const memory = allocateLedger(shape);
  const ledger = openLedger(memory, shape, 0);
  if (before !== undefined) ledger.copy(before.ledger, before.shape.slots);
  return { memory, shape, ledger };
};

const marking =
  (slots: ReadonlyMap<Id, number>, ledger: Ledger, reportedAt: Map<Id, Instant>): Book['markReports'] =>
  ({ standings }, now) => {
    for (const { id, load } of standings.values()) {
      const slot = slots.get(id);
      if (load === undefined || slot === undefined || reportedAt.get(id) === load.at) continue;
      if (!countsVisitors(load)) continue;
      reportedAt.set(id, load.at);
      ledger.mark(slot, now);
    }
  };
