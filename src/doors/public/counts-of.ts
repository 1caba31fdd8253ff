import type { Counts } from '../../dashboard/counts.ts';
import type { Book } from '../../dispatch/ledger/book.ts';
import { DECISION_BOUNDS, DECISION_ROWS, DECISION_SUM } from '../../dispatch/diary/decision-rows.ts';
import { REASONS } from '../../dispatch/ledger/ledger.ts';
import type { Secondary } from '../../model/secondary.ts';

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
  const kept = Array.from(bySecondary.values(), (each) => each.kept).reduce((sum, each) => sum + each, 0);
  const reasons = REASONS.filter((what) => ledger.counted(what) > 0);
  return {
    bySecondary,
    byReason: new Map<string, number>([
      ['affinity', kept],
      ...reasons.map((what) => [what, ledger.counted(what)] as const),
    ]),
    none: ledger.counted('none'),
    refused: Object.fromEntries(
      ['400', '405', '421', '426'].map((status) => [status, ledger.counted(status)]),
    ),
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
