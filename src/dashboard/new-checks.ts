import type { Observation } from '../model/outcome.ts';
import type { PoolSnapshot } from '../model/pool.ts';

/** The checks that no snapshot before held; called with one snapshot after the other. */
export type NewChecks = (standings: PoolSnapshot['standings']) => readonly Observation[];

/**
 * Tells each check once. Of a secondary that was asked several times between two snapshots the last: whoever makes them
 * makes one at least as often as everybody is asked.
 */
export const createNewChecks = (): NewChecks => {
  let before: PoolSnapshot['standings'] = new Map();
  return (standings) => {
    if (standings === before) return [];
    const found: Observation[] = [];
    for (const [id, standing] of standings) {
      const known = before.get(id);
      if (known === standing) continue;
      const { evidence } = standing.verdict;
      if (evidence !== undefined && evidence.at !== known?.verdict.evidence?.at) found.push(evidence);
    }
    before = standings;
    return found;
  };
};
