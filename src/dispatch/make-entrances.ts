import type { EntranceSettings, Settings } from '../config/settings.ts';
import type { Choosing, Delivery } from '../deliveries/delivery.ts';
import { direct, doubt, leave, race, reach } from '../deliveries/choosing.ts';
import type { Policy } from '../model/policy.ts';
import { makeFrom, type Registry } from '../unit.ts';
import type { Affinity } from './affinity.ts';
import { createWays, mainWay } from './entrances.ts';
import type { PoolSource, PoolSources } from './roster/pool-source.ts';

/** One way through: of a path that the config names, or of all others. */
export interface Entrance {
  readonly policy: Policy;
  readonly because: string;
  readonly pool: PoolSource;
  readonly delivery: Delivery;
  /** how a visitor is delivered whose browser the policy wants to be asked who is near */
  readonly learning: Choosing | undefined;
  /** how a visitor is delivered who may not have reached where he was sent */
  readonly doubting: Choosing;
  /** how a visitor is delivered who said that another one does not work for him, … */
  readonly leaving: Choosing;
  /** … and how, once his browser has found one */
  readonly direct: Choosing;
  readonly affinity: Affinity | undefined;
  /** 0 the main way, then the entrances in their order */
  readonly way: number;
  /** everybody who comes in by it is carried */
  readonly isRelay: boolean;
}

interface EntranceParts {
  readonly settings: Settings;
  readonly pools: PoolSources;
  readonly policies: Registry<Policy>;
  readonly deliveries: Registry<Delivery>;
  readonly affinity: Affinity | undefined;
  /** whoever a page leads nowhere can be carried */
  readonly isCarrying: boolean;
  /** receipts are taken in */
  readonly isLearning: boolean;
}

/** Every way through. */
export interface Entrances {
  readonly main: Entrance;
  /** The way of a target; `local` and `own` are the primary's own pages. */
  readonly of: (target: string) => Entrance | 'local' | 'own';
}

/** Makes policies and deliveries of every entrance ready, once. */
export const makeEntrances = (parts: EntranceParts): Entrances => {
  const { settings, pools, policies, deliveries, affinity, isCarrying, isLearning } = parts;

  const make = (of: Exclude<EntranceSettings, 'local'>, way: number): Entrance => {
    const made = makeFrom(deliveries, of.delivery);
    const mayFail = isCarrying && of.delivery.name === 'page' && of.delivery.options['mode'] === 'assigned';
    const itself: Delivery = (...given) => made(...given);
    const delivery: Delivery = mayFail ? Object.assign(itself, { choosing: reach(made) }) : made;
    return {
      policy: makeFrom(policies, of.policy),
      because: of.policy.name,
      pool: pools[of.checks],
      delivery,
      learning: isLearning ? race(delivery) : undefined,
      doubting: doubt(delivery),
      leaving: leave(delivery),
      direct: direct(delivery),
      affinity: of.affinity ? affinity : undefined,
      way,
      isRelay: of.delivery.name === 'relay',
    };
  };

  const main = make(mainWay(settings), 0);
  const named = new Map<string, Entrance | 'local'>([['/', main]]);
  let ways = 0;
  for (const [path, of] of settings.entrances) {
    ways += 1;
    named.set(path, of === 'local' ? of : make(of, ways));
  }
  return { main, of: createWays<Entrance | 'local'>(named, main) };
};
