import type { Settings } from '../config/settings.ts';
import type { Instant } from '../model/clock.ts';
import type { Rejected } from '../model/decision.ts';
import type { PoolSnapshot } from '../model/pool.ts';
import type { Id } from '../model/secondary.ts';
import { sift } from '../verdicts/sift.ts';
import { isBlind } from './news.ts';

/** Who gets new visitors, and how many of them. */
export interface Shares {
  /** the share of new visitors that each who gets any should get, rounded to thousandths */
  readonly wanted: ReadonlyMap<Id, number>;
  /** everybody else, and why */
  readonly rejected: ReadonlyMap<Id, Rejected>;
}

/** What shares are made of. */
export interface ShareSources {
  readonly settings: Pick<Settings, 'secondaries' | 'checks'>;
  readonly pool: PoolSnapshot;
  readonly now: Instant;
}

/** A share or rate with as many digits as anybody reads; more would only make every row differ from its last state. */
export const thousandths = (value: number): number => Math.round(value * 1000) / 1000;

/** Who gets new visitors now, by weight, warmth and what each asks for itself. */
export const sharesOf = ({ settings, pool, now }: ShareSources): Shares => {
  const { secondaries, checks } = settings;
  const { candidates, rejected } = sift({
    secondaries,
    standings: pool.standings,
    slots: new Map(secondaries.map(({ id }, slot) => [id, slot])),
    blind: isBlind({ pool, checks }),
    now,
    slowReturnMs: checks.slowReturnMs,
  });
  const whole = candidates.reduce((sum, { weight }) => sum + weight, 0);
  const wanted = new Map<Id, number>();
  for (const { secondary, weight } of candidates) {
    wanted.set(secondary.id, whole === 0 ? 0 : thousandths(weight / whole));
  }
  return { wanted, rejected: new Map(rejected.map((one) => [one.id, one])) };
};
