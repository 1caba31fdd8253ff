import type { LoadReport } from '../model/load-report.ts';
import type { Id, State } from '../model/secondary.ts';
import type { Health } from '../model/verdict.ts';
import type { Counts } from './counts.ts';
import type { Leases } from './leases.ts';
import { isBlind } from './news.ts';
import { sharesOf, thousandths, type ShareSources } from './shares.ts';
import type { Status } from './status.ts';

/** One secondary in numbers, without the sentences and dates of a row: what programs measure. Plain data. */
export interface Figure {
  readonly id: Id;
  readonly state: State;
  readonly health: Health;
  readonly weight: number;
  /** new visitors may be sent there */
  readonly usable: boolean;
  /** share of new visitors that it should get */
  readonly wanted: number;
  /** learned from its reports: its capacity over its weight; `undefined`: it never reported */
  readonly capacity: number | undefined;
  /** of the last check; `undefined`: there was none */
  readonly tookMs: number | undefined;
  readonly load: Pick<LoadReport, 'running' | 'sessions'> | undefined;
  /** about how many visitors it still has while it drains; `undefined`: it does not */
  readonly left: number | undefined;
  readonly chosen: number;
  readonly kept: number;
}

/** A running Usher in numbers, at one instant. */
export interface Figures extends Pick<Status, 'version' | 'news' | 'config'> {
  /** in the order of the config */
  readonly secondaries: readonly Figure[];
}

/** What figures are made of. */
export interface FigureSources extends ShareSources {
  readonly counts: Counts;
  readonly leases: Pick<Leases, 'of'>;
}

/** The figures of all secondaries. Of ten thousand they cost a fraction of what their rows do. */
export const figuresOf = ({ settings, pool, counts, leases, now }: FigureSources): readonly Figure[] => {
  const { wanted } = sharesOf({ settings, pool, now });
  const unasked: Health = isBlind({ pool, checks: settings.checks }) ? 'up' : 'unknown';
  return settings.secondaries.map(({ id, state, weight }) => {
    const standing = pool.standings.get(id);
    const capacity = pool.beliefs?.get(id)?.capacity;
    const sent = counts.bySecondary.get(id);
    const share = wanted.get(id);
    const outcome = standing?.verdict.evidence?.outcome;
    return {
      id,
      state,
      health: standing?.verdict.health ?? unasked,
      weight,
      usable: share !== undefined,
      wanted: share ?? 0,
      capacity: capacity === undefined || standing === undefined ? undefined : thousandths(capacity),
      tookMs: outcome === undefined ? undefined : tenths(outcome.tookMs),
      load: standing?.load,
      left: state === 'drain' ? leftOf(leases.of(id), now) : undefined,
      chosen: sent?.chosen ?? 0,
      kept: sent?.kept ?? 0,
    };
  });
};

/** Answer times are shown with one decimal; more would only make every row differ from its last state. */
export const tenths = (ms: number): number => Math.round(ms * 10) / 10;

/** About how many visitors are left, of a lease that may have ended. */
const leftOf = ({ visitors, untilAt }: ReturnType<Leases['of']>, now: number): number =>
  untilAt === undefined || untilAt <= now ? 0 : visitors;
