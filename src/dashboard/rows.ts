import type { Rejected } from '../model/decision.ts';
import type { Standing } from '../model/pool.ts';
import type { Secondary, State } from '../model/secondary.ts';
import { ownWish } from '../verdicts/own-wish.ts';
import { stillThere } from '../../public/dashboard-words.js';
import { tenths, type Figure, type FigureSources } from './figures.ts';
import type { Rates } from './history.ts';
import type { Row } from './row.ts';
import { thousandths } from './shares.ts';
import type { WallTime } from './wall-time.ts';
import { loadWords, outcomeWords, rejectionWords } from './words.ts';

/** Everything that rows are made of. */
export interface RowSources extends FigureSources {
  readonly rates: Rates;
  readonly wallTime: WallTime;
}

/** The row of a secondary, from its figure: with dates, and in sentences. */
export const rowOf = (figure: Figure, secondary: Secondary, sources: RowSources): Row => {
  const { id, address, role, state, health, weight, warmth, usable, rejected, capacity, bound } = figure;
  const { pool, rates, wallTime } = sources;
  const { at, untilAt, takenOutBy } = secondary;
  const standing = pool.standings.get(id);
  return {
    ...{ id, address, at, role, state, weight },
    ...(untilAt === undefined ? {} : { until: new Date(untilAt).toISOString() }),
    ...(takenOutBy === undefined ? {} : { takenOutBy }),
    ...wishOf(state, standing),
    health,
    since: standing === undefined ? null : wallTime.iso(standing.verdict.since),
    warmth,
    ...(capacity === undefined ? {} : { capacity }),
    usable,
    ...passedOver(rejected, secondary, sources),
    bound,
    ...left(figure, sources),
    ...(standing === undefined ? {} : seen(standing, wallTime)),
    share: { wanted: figure.wanted, given: shareOrNone(rates.givenShare(id)) },
    visits: { chosen: figure.chosen, kept: figure.kept, perSecond: tenths(rates.perSecond(id)) },
  };
};

const wishOf = (state: State, standing: Standing | undefined): Pick<Row, 'ownWish'> => {
  const wish = standing === undefined ? undefined : ownWish(state, standing);
  return wish === undefined ? {} : { ownWish: wish };
};

const passedOver = (
  rejected: Rejected | undefined,
  secondary: Secondary,
  sources: RowSources,
): Pick<Row, 'passedOver'> => {
  if (rejected === undefined) return {};
  const { why } = rejected;
  const details = [
    ...(why === 'draining' ? [rejected.detail, leftWords(secondary, sources)] : [rejected.detail]),
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

const left = ({ id, left: visitors }: Figure, { leases, wallTime }: RowSources): Pick<Row, 'left'> => {
  if (visitors === undefined) return {};
  const { untilAt, hasUncounted } = leases.of(id);
  return {
    left: {
      visitors,
      until: untilAt === undefined ? null : wallTime.iso(untilAt),
      ...(hasUncounted ? { hasUncounted } : {}),
    },
  };
};

const leftWords = ({ id }: Secondary, { leases, now }: RowSources): string => {
  const { untilAt, ...lease } = leases.of(id);
  return stillThere({ ...lease, restMs: untilAt === undefined ? undefined : untilAt - now });
};

const seen = (
  { verdict, load, loadFailure }: Standing,
  wallTime: WallTime,
): Pick<Row, 'check' | 'load' | 'loadFailure'> => {
  const { health, evidence, passes, fails } = verdict;
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
    // One that is not there cannot tell its load: that is no news of its own.
    ...(loadFailure === undefined || health === 'down' ? {} : { loadFailure }),
  };
};

const shareOrNone = (share: number | undefined): number | null =>
  share === undefined ? null : thousandths(share);
