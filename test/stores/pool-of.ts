import type { PoolSnapshot, Standing } from '../../src/model/pool.ts';
import type { Verdict } from '../../src/model/verdict.ts';

/** A verdict that is up since the beginning. */
export const UP: Verdict = { health: 'up', since: 0, passes: 1, fails: 0, flaps: 0 };

/** A snapshot of these standings. */
export const snapshotOf = (standings: readonly Standing[], at = 0): PoolSnapshot => ({
  seq: 1,
  at,
  source: 'memory',
  standings: new Map(standings.map((standing) => [standing.id, standing])),
});
