import type { Id } from '../../model/secondary.ts';
import { CONTRADICTION, CONTRADICTION_LEAST, SLOW_MS } from './constants.ts';
import { weightedMedian } from './median.ts';

/** What a secondary made of the visitors whom it was sent, both fading as the ledger's slow counts do. Plain data. */
export interface Served {
  /** sent by this primary */
  readonly visitors: number;
  /** answered with success, or answered at all where nobody tells which was one */
  readonly requests: number;
}

/** Nothing seen yet. */
export const NOTHING_SERVED: Served = { visitors: 0, requests: 0 };

/** Folds in what came in the last `ms`. */
export const foldServed = (before: Served, seen: Served & { readonly ms: number }): Served => {
  const keep = Math.exp(-seen.ms / SLOW_MS);
  return {
    visitors: Math.max(0, before.visitors * keep + seen.visitors),
    requests: before.requests * keep + seen.requests,
  };
};

/**
 * Those who answer far fewer requests for each visitor than the middle of the pool does. Their visitors get errors and
 * leave: if their run queue is short, that is not because they are fast.
 */
export const fruitlessOf = (
  pool: readonly { readonly id: Id; readonly row: { readonly served: Served } }[],
): ReadonlySet<Id> => {
  const proven = pool.filter(({ row }) => row.served.visitors >= CONTRADICTION_LEAST);
  const typical = weightedMedian(
    proven.map(({ row: { served } }) => ({ value: perVisitor(served), weight: served.visitors })),
  );
  return new Set(
    proven.filter(({ row }) => perVisitor(row.served) < CONTRADICTION * typical).map(({ id }) => id),
  );
};

const perVisitor = ({ visitors, requests }: Served): number => requests / visitors;
