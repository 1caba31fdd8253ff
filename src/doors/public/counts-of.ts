import type { Counts, SentFor } from '../../dashboard/counts.ts';
import type { Book } from '../../dispatch/ledger/book.ts';
import { DECISION_BOUNDS, DECISION_ROWS, DECISION_SUM } from '../../dispatch/diary/decision-rows.ts';
import { REFUSALS } from '../../dispatch/ledger/ledger.ts';
import { KINDS, REASONS } from '../../dispatch/ledger/reasons.ts';
import type { Id } from '../../model/secondary.ts';

/**
 * What was counted of the visitors, as the dashboard and the metrics show it.
 *
 * @param networks that know how near the secondaries are; `undefined`: nobody asks for receipts
 */
export const countsOf = (book: Pick<Book, 'slots' | 'ledger'>, networks?: number): Counts => {
  const { ledger } = book;
  return {
    bySecondary: takenDown(book),
    none: ledger.counted('none'),
    refused: Object.fromEntries(REFUSALS.map((status) => [status, ledger.counted(status)])),
    dropped: ledger.counted('dropped'),
    ...(networks === undefined
      ? {}
      : {
          receipts: {
            taken: ledger.counted('receipt'),
            refused: ledger.counted('receipt-refused'),
            networks,
          },
        }),
    relay: {
      carried: ledger.counted('relay'),
      full: ledger.counted('relay-full'),
      bytes: ledger.counted('relay-bytes'),
    },
    decided: {
      bounds: [...DECISION_BOUNDS.map((us) => us / 1e6), Infinity],
      counts: DECISION_ROWS.map((row) => ledger.counted(row)),
      sumSeconds: ledger.counted(DECISION_SUM) / 1e6,
    },
  };
};

const NUMBERS = 4;

/**
 * The numbers of each secondary as of now, in one piece of memory: they are taken down every second, and ten thousand
 * objects that live as long would keep the garbage collector busy.
 */
const takenDown = ({ slots, ledger }: Pick<Book, 'slots' | 'ledger'>): Counts['bySecondary'] => {
  let rows = 0;
  for (const slot of slots.values()) rows = Math.max(rows, slot + 1);
  const numbers = new Float64Array(NUMBERS * rows);
  for (const slot of slots.values()) {
    numbers[NUMBERS * slot] = ledger.kept(slot);
    numbers[NUMBERS * slot + 1] = ledger.chosen(slot);
    numbers[NUMBERS * slot + 2] = ledger.given(slot);
    numbers[NUMBERS * slot + 3] = ledger.replaced(slot);
  }
  return {
    get: (id) => {
      const slot = slots.get(id);
      if (slot === undefined) return undefined;
      const from = NUMBERS * slot;
      return {
        kept: numbers[from] ?? 0,
        chosen: numbers[from + 1] ?? 0,
        given: numbers[from + 2] ?? 0,
        replaced: numbers[from + 3] ?? 0,
      };
    },
  };
};

/** Why the visitors of one secondary were sent there; only words by which somebody was. */
export const sentForOf = (id: Id, { slots, ledger }: Pick<Book, 'slots' | 'ledger'>): readonly SentFor[] => {
  const slot = slots.get(id);
  if (slot === undefined) return [];
  const told: SentFor[] = [];
  for (const kind of KINDS) {
    for (const reason of REASONS) {
      const visitors = ledger.sentFor(slot, kind, reason);
      if (visitors > 0) told.push({ kind, reason, visitors });
    }
  }
  return told;
};
