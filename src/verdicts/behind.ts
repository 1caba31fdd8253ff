import type { Verdict } from '../model/verdict.ts';

/**
 * Whether a verdict that somebody else tells is behind what this machine saw itself: a writer that was frozen goes on with
 * what it believed before. It is, if it says otherwise without having asked since, or against its own last answer. One
 * that gives no evidence at all is taken at its word.
 */
export const isBehind = ({ health, evidence }: Verdict, own: Verdict): boolean => {
  if (own.health === 'unknown' || health === own.health) return false;
  if (health === 'unknown') return true;
  if (evidence === undefined) return false;
  if (evidence.outcome.ok !== (health === 'up')) return true;
  return own.evidence !== undefined && evidence.at < own.evidence.at;
};
