import type { Rejected } from '../model/decision.ts';
import type { LoadReport } from '../model/load-report.ts';
import type { Address, Id, Role, State } from '../model/secondary.ts';
import type { Health } from '../model/verdict.ts';
import { warmth } from '../verdicts/warmth.ts';
import type { Counts } from './counts.ts';
import type { Leases } from './leases.ts';
import { isBlind } from './news.ts';
import { sharesOf, thousandths, type ShareSources } from './shares.ts';

/** One secondary in numbers, without the sentences and dates of a row. Plain data. */
export interface Figure {
  readonly id: Id;
  /** where visitors find it: `:8086`, or an origin */
  readonly address: string;
  readonly role: Role;
  readonly state: State;
  readonly health: Health;
  readonly weight: number;
  /** below 1 while it comes back */
  readonly warmth: number;
  /** new visitors may be sent there */
  readonly usable: boolean;
  /** why no new visitors are sent there; `undefined`: they are */
  readonly rejected: Rejected | undefined;
  /** share of new visitors that it should get */
  readonly wanted: number;
  /** learned from its reports: its capacity over its weight; `undefined`: it never reported */
  readonly capacity: number | undefined;
  /** of the last check; `undefined`: there was none */
  readonly tookMs: number | undefined;
  readonly load: Pick<LoadReport, 'running' | 'sessions'> | undefined;
  /** about how many visitors are bound to it by their cookie */
  readonly bound: number;
  /** about how many visitors it still has while it drains; `undefined`: it does not */
  readonly left: number | undefined;
  readonly chosen: number;
  readonly kept: number;
}

/** What figures are made of. */
export interface FigureSources extends ShareSources {
  readonly counts: Counts;
  readonly leases: Pick<Leases, 'of'>;
}

/** The figures of all secondaries. Of ten thousand they cost a fraction of what their rows do. */
export const figuresOf = ({ settings, pool, counts, leases, now }: FigureSources): readonly Figure[] => {
  const { secondaries, checks } = settings;
  const { wanted, rejected } = sharesOf({ settings, pool, now });
  const unasked: Health = isBlind({ pool, checks }) ? 'up' : 'unknown';
  return secondaries.map(({ id, address, role, state, weight }) => {
    const standing = pool.standings.get(id);
    const capacity = pool.beliefs?.get(id)?.capacity;
    const sent = counts.bySecondary.get(id);
    const share = wanted.get(id);
    const outcome = standing?.verdict.evidence?.outcome;
    const lease = leases.of(id);
    // by the list, by its own wish, or because its ping page is gone
    const isDraining = state === 'drain' || rejected.get(id)?.why === 'draining';
    return {
      id,
      address: addressOf(address),
      role,
      state,
      health: standing?.verdict.health ?? unasked,
      weight,
      warmth: standing === undefined ? 1 : thousandths(warmth(standing.verdict, now, checks.slowReturnMs)),
      usable: share !== undefined,
      rejected: rejected.get(id),
      wanted: share ?? 0,
      capacity: capacity === undefined || standing === undefined ? undefined : thousandths(capacity),
      tookMs: outcome === undefined ? undefined : tenths(outcome.tookMs),
      load: standing?.load,
      bound: lease.visitors,
      left: isDraining ? lease.visitors : undefined,
      chosen: sent?.chosen ?? 0,
      kept: sent?.kept ?? 0,
    };
  });
};

const addressOf = (address: Address): string =>
  address.kind === 'own'
    ? address.origin
    : `${address.scheme === 'https' ? 'https ' : ''}:${String(address.port)}`;

/** Answer times are shown with one decimal; more would only make every row differ from its last state. */
export const tenths = (ms: number): number => Math.round(ms * 10) / 10;
