import type { Instant } from '../model/clock.ts';
import type { LoadReport } from '../model/load-report.ts';
import type { Observation } from '../model/outcome.ts';
import type { Standing } from '../model/pool.ts';
import type { Verdict } from '../model/verdict.ts';
import { judge, type Thresholds } from './judge.ts';

/**
 * What this primary saw itself of a secondary, beside those whose work it is to look (the worker, say). Plain data;
 * empty: nothing that they do not know by now.
 */
export interface OwnView {
  /** it was taken out because it refused a connection; what was made of its answers since then */
  readonly verdict?: Verdict;
  readonly load?: LoadReport;
}

export const NOTHING_SEEN: OwnView = {};

/**
 * Folds in one answer of the secondary to this primary. Only a refused connection takes a secondary out: at once, for a
 * machine that refuses has nobody who serves. Everything else is left to those whose work it is to look.
 */
export const seeItself = (
  own: OwnView,
  { verdict }: Standing,
  { seen, thresholds }: { readonly seen: Observation; readonly thresholds: Thresholds },
): OwnView => {
  const isRefused = !seen.outcome.ok && seen.outcome.failure === 'refused';
  const fall = isRefused ? 1 : thresholds.fall;
  if (own.verdict !== undefined)
    return { ...own, verdict: judge(own.verdict, seen, { ...thresholds, fall }) };
  if (!isRefused || verdict.health === 'down') return own;
  return { ...own, verdict: judge(verdict, seen, { ...thresholds, fall }) };
};

/** What goes into a view of two. */
export interface Joining {
  readonly now: Instant;
  /** by so much the others' instants may be too late */
  readonly slackMs: number;
  readonly slowReturnMs: number;
}

/**
 * How a secondary stands by what others say of it and by what this primary saw itself, and what is left of the latter:
 * a load report counts until there is a younger one; a secondary that was taken out stays out until somebody saw it work
 * after that, and then comes back slowly.
 */
export const joinViews = (
  told: Standing,
  own: OwnView,
  joining: Joining,
): { readonly standing: Standing; readonly own: OwnView } => {
  const load = isYounger(told.load?.at, own.load?.at, joining) ? undefined : own.load;
  const verdict = own.verdict === undefined ? undefined : ownVerdict(own.verdict, told.verdict, joining);
  return {
    standing: {
      ...told,
      verdict: verdict === undefined ? told.verdict : shown(verdict, told.verdict),
      ...(load === undefined ? {} : { load }),
    },
    own: { ...(load === undefined ? {} : { load }), ...(verdict === undefined ? {} : { verdict }) },
  };
};

const isYounger = (
  told: Instant | undefined,
  own: Instant | undefined,
  { slackMs }: Pick<Joining, 'slackMs'>,
): boolean => told !== undefined && (own === undefined || told > own + slackMs);

/** What of the own verdict still counts. */
const ownVerdict = (own: Verdict, told: Verdict, joining: Joining): Verdict | undefined => {
  if (told.health === 'down') return undefined;
  if (own.health === 'down') {
    const { evidence } = told;
    const isSeen = evidence?.outcome.ok === true && isYounger(evidence.at, own.evidence?.at, joining);
    return isSeen ? judge(own, evidence, { rise: 1, fall: 1, caution: 1 }) : own;
  }
  const { warmingSince } = own;
  return warmingSince !== undefined && joining.now - warmingSince < joining.slowReturnMs ? own : undefined;
};

/** One that is back is as others say, but for its slow return. */
const shown = (own: Verdict, told: Verdict): Verdict => {
  if (own.health === 'down') return own;
  const warmingSince = Math.max(own.warmingSince ?? -Infinity, told.warmingSince ?? -Infinity);
  return {
    ...told,
    health: 'up',
    since: own.since,
    flaps: Math.max(own.flaps, told.flaps),
    ...(warmingSince === -Infinity ? {} : { warmingSince }),
  };
};
