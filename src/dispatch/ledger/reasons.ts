import type { Chosen } from '../../model/decision.ts';
import { policies } from '../../policies/index.ts';

/**
 * The words that say why a visitor was sent where he was, as `reason=` in the access log: back to where he was, back at
 * once, to be carried, since all are down, or by a policy. Each has its rows in the ledger.
 */
export const REASONS: readonly string[] = ['affinity', 'return', 'relay', 'anyone', ...Object.keys(policies)];

/** Kinds of decisions that lead to a secondary; each counts its reasons apart. */
export const KINDS: readonly Chosen['kind'][] = ['chosen', 'kept'];

const columnOf: ReadonlyMap<string, number> = new Map(REASONS.map((reason, column) => [reason, column]));

/** So many rows hold the visitors by kind and reason. */
export const REASON_ROWS = KINDS.length * REASONS.length;

/** Which of these rows: -1 for a word that is not counted. */
export const reasonRow = (kind: Chosen['kind'], reason: string): number => {
  // as nearly all are who were kept
  if (kind === 'kept' && reason === 'affinity') return REASONS.length;
  const column = columnOf.get(reason) ?? -1;
  return column === -1 || kind === 'chosen' ? column : REASONS.length + column;
};
