import type { Asking } from '../asking.ts';
import type { Settings } from '../config/settings.ts';
import type { Journal } from '../journal.ts';
import type { Clock, Dice } from '../model/clock.ts';
import type { PoolSnapshot } from '../model/pool.ts';
import type { Id } from '../model/secondary.ts';
import { startFollower } from '../monitor/follower.ts';
import { startFreshener } from '../monitor/freshener.ts';
import { later } from '../monitor/later.ts';
import { once } from '../once.ts';
import { sibling } from '../sibling.ts';
import { forkWorker, keepWorker } from '../worker/child.ts';
import { createFarProbe } from '../worker/far-probe.ts';

/** What is known from the two files, kept up to date. */
export interface FollowedFiles {
  /** A visitor complained of it: it is asked as soon as it may be. */
  readonly askNow: (id: Id) => void;
  readonly update: (settings: Settings) => void;
  readonly stop: () => Promise<void>;
}

export interface FollowParts {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly journal: Journal;
  /** how many visits there were so far */
  readonly visits: () => number;
  /** the means to ask by itself, where the worker is of no use */
  readonly means: () => Promise<Asking>;
  readonly publish: (snapshot: PoolSnapshot) => void;
}

/** Starts the worker that makes the files, unless another one does, and follows them; between them visits freshen rows. */
export const followFiles = (parts: FollowParts): FollowedFiles => {
  const { settings, clock, dice, journal, visits, means, publish } = parts;
  const worker =
    settings.checks.worker === 'own'
      ? keepWorker({ settings, spawn: () => forkWorker(sibling('worker-process')), journal, clock })
      : undefined;
  const freshener = startFreshener({
    ...{ settings, clock, dice, journal, visits, publish },
    probeOf: async (secondary) => {
      const own = once(async () => (await means()).probeOf(secondary));
      return worker === undefined ? own() : createFarProbe(secondary, { ask: worker.ask, own, clock });
    },
  });
  const follower = startFollower({
    settings,
    clock,
    journal: freshener.journal,
    publish: freshener.hear,
    startOwn: (first, given) =>
      later(
        async (current) => (await means()).startMonitor({ settings: current, source: 'own', ...given }),
        first,
        journal,
      ),
  });
  return {
    askNow: freshener.askNow,
    update: (next) => {
      worker?.update(next);
      freshener.update(next);
      follower.update(next);
    },
    stop: async () => {
      freshener.stop();
      await Promise.all([worker?.stop(), follower.stop()]);
    },
  };
};
