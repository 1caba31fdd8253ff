import type { Rejected } from '../model/decision.ts';
import type { Standing } from '../model/pool.ts';
import type { Secondary } from '../model/secondary.ts';
import { count, span } from '../../public/dashboard-words.js';
import { warmth } from '../verdicts/warmth.ts';
import { tenths, type FigureSources } from './figures.ts';
import type { Rates } from './history.ts';
import { isBlind } from './news.ts';
import type { Row, RowCheck, RowLoad } from './row.ts';
import { sharesOf, thousandths } from './shares.ts';
import type { WallTime } from './wall-time.ts';
import { loadWords, outcomeWords, rejectionWords } from './words.ts';

/** Everything that the rows are made of. */
export interface RowSources extends FigureSources {
  readonly rates: Rates;
  readonly wallTime: WallTime;
}

/** One row for each secondary, in the order of the config. */
export const rowsOf = (sources: RowSources): readonly Row[] => {
  const { settings, pool, leases, rates, wallTime } = sources;
  const { wanted, rejected } = sharesOf(sources);
  return settings.secondaries.map((secondary) => {
    const { id } = secondary;
    const share = wanted.get(id);
    const standing = pool.standings.get(id);
    return {
      ...configured(secondary),
      ...believed(secondary, sources),
      usable: share !== undefined,
      ...passedOver(rejected.get(id), secondary, sources),
      bound: leases.of(id).visitors,
      ...left(secondary, sources),
      ...(standing === undefined ? {} : seen(standing, wallTime)),
      share: { wanted: share ?? 0, given: shareOrNone(rates.givenShare(id)) },
      visits: visitsOf(secondary, sources),
    };
  });
};

const configured = ({ id, address, at, role, state, weight, untilAt, takenOutBy }: Secondary) => ({
  id,
  address:
    address.kind === 'own'
      ? address.origin
      : `${address.scheme === 'https' ? 'https ' : ''}:${String(address.port)}`,
  at,
  role,
  state,
  weight,
  ...(untilAt === undefined ? {} : { until: new Date(untilAt).toISOString() }),
  ...(takenOutBy === undefined ? {} : { takenOutBy }),
});

const believed = ({ id }: Secondary, { pool, settings, wallTime, now }: RowSources) => {
  const verdict = pool.standings.get(id)?.verdict;
  const capacity = pool.beliefs?.get(id)?.capacity;
  if (verdict === undefined) {
    const health = isBlind({ pool, checks: settings.checks }) ? 'up' : 'unknown';
    return { health, since: null, warmth: 1 } as const;
  }
  return {
    health: verdict.health,
    since: wallTime.iso(verdict.since),
    warmth: thousandths(warmth(verdict, now, settings.checks.slowReturnMs)),
    ...(capacity === undefined ? {} : { capacity: thousandths(capacity) }),
  };
};

const passedOver = (
  rejected: Rejected | undefined,
  secondary: Secondary,
  sources: RowSources,
): Pick<Row, 'passedOver'> => {
  if (rejected === undefined) return {};
  const { why } = rejected;
  const details = [
    why === 'draining' ? leftWords(secondary, sources) : rejected.detail,
    why === 'maintenance' && secondary.takenOutBy !== undefined
      ? `${secondary.takenOutBy} is there`
      : undefined,
    (why === 'maintenance' || why === 'draining') && secondary.untilAt !== undefined
      ? `until ${untilWords(secondary.untilAt)}`
      : undefined,
  ].filter((one) => one !== undefined);
  const detail = details.length === 0 ? undefined : details.join('; ');
  return { passedOver: { why, words: rejectionWords(why), ...(detail === undefined ? {} : { detail }) } };
};

/** An instant as a person reads it: `2027-01-31 06:00 UTC`. */
const untilWords = (wallMs: number): string =>
  `${new Date(wallMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const left = ({ id, state }: Secondary, { leases, wallTime, now }: RowSources): Pick<Row, 'left'> => {
  if (state !== 'drain') return {};
  const { visitors, untilAt } = leases.of(id);
  if (untilAt === undefined || untilAt <= now) return { left: { visitors: 0, until: null } };
  return { left: { visitors, until: wallTime.iso(untilAt) } };
};

const leftWords = ({ id }: Secondary, { leases, now }: RowSources): string => {
  const { visitors, untilAt } = leases.of(id);
  if (untilAt === undefined || untilAt <= now) return 'nobody is left';
  return `about ${count(visitors)} left, the last for ${span(untilAt - now)} at most`;
};

const seen = ({ verdict, load }: Standing, wallTime: WallTime): { check?: RowCheck; load?: RowLoad } => {
  const { evidence, passes, fails } = verdict;
  const { at, ...report } = load ?? { at: 0 };
  return {
    ...(evidence === undefined
      ? {}
      : {
          check: {
            name: evidence.check,
            ok: evidence.outcome.ok,
            at: wallTime.iso(evidence.at),
            tookMs: tenths(evidence.outcome.tookMs),
            words: outcomeWords(evidence.outcome),
            ...(evidence.outcome.detail === undefined ? {} : { detail: evidence.outcome.detail }),
            inARow: Math.max(passes, fails),
          },
        }),
    ...(load === undefined ? {} : { load: { ...report, at: wallTime.iso(at), words: loadWords(load) } }),
  };
};

const shareOrNone = (share: number | undefined): number | null =>
  share === undefined ? null : thousandths(share);

const visitsOf = ({ id }: Secondary, { counts, rates }: RowSources): Row['visits'] => {
  const { chosen, kept } = counts.bySecondary.get(id) ?? { chosen: 0, kept: 0 };
  return { chosen, kept, perSecond: tenths(rates.perSecond(id)) };
};
