import type { Clock } from '../model/clock.ts';
import type { LedgerView } from '../model/policy.ts';
import type { PoolSnapshot } from '../model/pool.ts';
import type { Id, Secondary } from '../model/secondary.ts';
import { believe } from '../policies/balance/believe.ts';
import { learn } from '../policies/balance/learn.ts';
import { emptyMemory } from '../policies/balance/memory.ts';

/** Hears every snapshot of one source and adds what is made of all reports so far. */
export type Learner = (snapshot: PoolSnapshot) => PoolSnapshot;

export interface LearnerOptions {
  readonly clock: Clock;
  /** the pool as it is now: edits of the config change it */
  readonly pool: () => {
    readonly secondaries: readonly Pick<Secondary, 'id' | 'weight'>[];
    readonly slots: ReadonlyMap<Id, number>;
    readonly ledger: LedgerView;
  };
}

/**
 * The slow loop of the balance rule: learns from load reports and from whom this primary sent where. It runs where
 * snapshots are made, so that no visitor waits for it. The same snapshot again is answered as before.
 */
export const createLearner = ({ clock, pool }: LearnerOptions): Learner => {
  let memory = emptyMemory(clock.now());
  let heard: PoolSnapshot | undefined;
  let said: PoolSnapshot | undefined;
  return (snapshot) => {
    if (snapshot === heard && said !== undefined) return said;
    const { secondaries, slots, ledger } = pool();
    const told = secondaries.flatMap(({ id, weight }) => {
      const slot = slots.get(id);
      const load = snapshot.standings.get(id)?.load;
      return slot === undefined ? [] : [{ id, slot, weight, ...(load === undefined ? {} : { load }) }];
    });
    memory = learn(memory, { now: clock.now(), pool: told, ledger });
    heard = snapshot;
    said = { ...snapshot, beliefs: believe(memory) };
    return said;
  };
};
