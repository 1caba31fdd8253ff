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
    readonly secondaries: readonly Pick<Secondary, 'id' | 'weight' | 'at'>[];
    readonly slots: ReadonlyMap<Id, number>;
    readonly ledger: LedgerView;
  };
}

/**
 * Learning costs a few microseconds for each secondary: of thousands at most a hundredth of the time goes into it. What
 * is believed says itself how old it is.
 */
const restMs = (secondaries: number): number => secondaries / 2;

/**
 * The slow loop of the balance rule: learns from load reports and from whom this primary sent where. It runs where
 * snapshots are made, so that no visitor waits for it. The same snapshot again is answered as before.
 */
export const createLearner = ({ clock, pool }: LearnerOptions): Learner => {
  let memory = emptyMemory(clock.now());
  let beliefs: PoolSnapshot['beliefs'];
  let heard: PoolSnapshot | undefined;
  let said: PoolSnapshot | undefined;
  const say = (snapshot: PoolSnapshot, is: NonNullable<PoolSnapshot['beliefs']>): PoolSnapshot => {
    heard = snapshot;
    said = { ...snapshot, beliefs: is };
    return said;
  };
  return (snapshot) => {
    if (snapshot === heard && said !== undefined) return said;
    const now = clock.now();
    const { secondaries, slots, ledger } = pool();
    if (beliefs !== undefined && now - memory.at < restMs(secondaries.length)) return say(snapshot, beliefs);
    const told = secondaries.flatMap(({ id, weight, at }) => {
      const slot = slots.get(id);
      const load = snapshot.standings.get(id)?.load;
      return slot === undefined ? [] : [{ id, slot, weight, at, ...(load === undefined ? {} : { load }) }];
    });
    memory = learn(memory, { now, everyMs: snapshot.everyMs, pool: told, ledger });
    beliefs = believe(memory);
    return say(snapshot, beliefs);
  };
};
