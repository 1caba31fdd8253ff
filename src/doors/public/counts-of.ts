import type { Counts, SentFor } from '../../dashboard/counts.ts';
import type { Book } from '../../dispatch/ledger/book.ts';
import { DECISION_BOUNDS, DECISION_ROWS, DECISION_SUM } from '../../dispatch/diary/decision-rows.ts';
import { REFUSALS } from '../../dispatch/ledger/ledger.ts';
import { KINDS, REASONS } from '../../dispatch/ledger/reasons.ts';
import type { Id, Secondary } from '../../model/secondary.ts';

/**
 * What was counted of the visitors, as the dashboard and the metrics show it.
 *
 * @param networks that know how near the secondaries are; `undefined`: nobody asks for receipts
 */
export const countsOf = (
  secondaries: readonly Secondary[],
  { slots, ledger }: Pick<Book, 'slots' | 'ledger'>,
  networks?: number,
): Counts => {
  const bySecondary = new Map(
    secondaries.map(({ id }) => {
      const slot = slots.get(id) ?? 0;
      return [
        id,
        {
          kept: ledger.kept(slot),
          chosen: ledger.chosen(slot),
          given: ledger.given(slot),
          replaced: ledger.replaced(slot),
        },
      ] as const;
    }),
  );
  return {
    bySecondary,
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
