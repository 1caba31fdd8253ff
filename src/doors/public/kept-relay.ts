import type { Clock } from '../../model/clock.ts';
import { openBudget, type BudgetMemory } from '../../relay/budget.ts';
import type { Carried, Relay } from '../../relay/relay.ts';

/** The relay of a door: loaded with the first visit that is carried, kept when the config changes. */
export interface KeptRelay {
  readonly open: () => Promise<Relay>;
  /** Carries as these settings say from now on; absent: nobody new. */
  readonly update: (settings: Carried | undefined) => void;
  readonly stop: () => void;
}

export interface KeptRelayParts {
  readonly clock: Clock;
  /** what all door threads may carry together */
  readonly budget: BudgetMemory;
  readonly thread: number;
}

/** Loads nothing yet. */
export const keepRelay = ({ clock, budget: memory, thread }: KeptRelayParts): KeptRelay => {
  const budget = openBudget({ memory, thread, clock });
  let settings: Carried | undefined;
  let relay: Relay | undefined;
  return {
    open: async () => {
      const { createRelay } = await import('../../relay/relay.ts');
      if (settings === undefined) throw new Error('nobody is carried any more');
      return (relay ??= createRelay(settings, { budget, clock }));
    },
    update: (next) => {
      // who is still to be carried came by the old ones
      if (next === undefined) return;
      settings = next;
      budget.limit(next.relay);
      relay?.update(next);
    },
    stop: () => relay?.stop(),
  };
};
