/** Upper bounds of decision times, in microseconds; a last one without end follows. */
export const DECISION_BOUNDS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000] as const;

/** What the ledger counts of them. */
export const DECISION_ROWS = [...DECISION_BOUNDS.map((bound) => `decided-${bound}`), 'decided-more'] as const;

/** The microseconds of all that were timed, added up. */
export const DECISION_SUM = 'decided-sum';
