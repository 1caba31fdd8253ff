import type { Instant } from '../../model/clock.ts';
import type { Id } from '../../model/secondary.ts';
import { CONTRADICTION, CONTRADICTION_LEAST, SLOW_MS, YOUNG_MS } from './constants.ts';
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
 * leave: if their run queue is short, that is not because they are fast. To those who are new nobody returns yet by his
 * cookie: they may answer half as many as others once more.
 */
export const fruitlessOf = (pool: readonly Serving[]): ReadonlySet<Id> => {
  const proven = pool.filter(({ row }) => row.served.visitors >= CONTRADICTION_LEAST);
  const typical = weightedMedian(
    proven.map(({ row: { served } }) => ({ value: perVisitor(served), weight: served.visitors })),
  );
  const least = (row: Serving['row']): number => (isYoung(row) ? CONTRADICTION / 2 : CONTRADICTION) * typical;
  return new Set(proven.filter(({ row }) => perVisitor(row.served) < least(row)).map(({ id }) => id));
};

interface Serving {
  readonly id: Id;
  readonly row: { readonly served: Served; readonly since: Instant; readonly readAt: Instant };
}

/** Whether it began so short a time ago that nobody can have come back to it. */
export const isYoung = ({ since, readAt }: Pick<Serving['row'], 'since' | 'readAt'>): boolean =>
  readAt - since < YOUNG_MS;

const perVisitor = ({ visitors, requests }: Served): number => requests / visitors;
