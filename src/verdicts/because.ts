import type { Outcome } from '../model/outcome.ts';
import type { Verdict } from '../model/verdict.ts';

/** One outcome in words: `refused: connect ECONNREFUSED 127.0.0.1:8086`, or `answered in 12 ms`. */
export const inWords = (outcome: Outcome): string => {
  if (!outcome.ok) return `${outcome.failure}: ${outcome.detail}`;
  const tookMs = outcome.tookMs < 10 ? outcome.tookMs.toFixed(1) : outcome.tookMs.toFixed(0);
  return `answered in ${tookMs} ms${outcome.detail === undefined ? '' : `: ${outcome.detail}`}`;
};

/** Why we believe a verdict, in words: its last observation, and how many in a row said the same. */
export const becauseOf = ({ health, evidence, passes, fails }: Verdict): string => {
  if (evidence === undefined) return health === 'unknown' ? 'not asked yet' : 'no reason is given';
  const run = Math.max(passes, fails);
  return inWords(evidence.outcome) + (run > 1 ? ` (${String(run)} in a row)` : '');
};
