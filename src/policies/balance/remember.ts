import type { Instant } from '../../model/clock.ts';
import type { LoadReport } from '../../model/load-report.ts';
import { STALE_AFTER_INTERVALS } from '../../model/pool.ts';
import type { FadingCounts } from '../../model/policy.ts';
import type { Origin } from '../../model/secondary.ts';
import { judgeBusy, UNJUDGED } from './busy-counter.ts';
import {
  ARRIVAL_MS,
  FAST_MS,
  GONE_MS,
  MOST_ANSWER_MS,
  MOST_RUNNING,
  NONSENSE,
  SLOW_MS,
  USUAL_MS,
} from './constants.ts';
import { fadedAt } from './fading.ts';
import { foldMean, meanOf, NO_MEAN, type Mean } from './mean.ts';
import type { Remembered } from './memory.ts';
import { foldServed, NOTHING_SERVED } from './served.ts';
import { foldSpeed, UNKNOWN_SPEED, type Speed } from './speed.ts';

/** One new report of one secondary, with what the ledger says of it. */
export interface Fresh {
  readonly weight: number;
  readonly origin: Origin | undefined;
  /** as it was told; its instant is not trusted if in the future */
  readonly load: LoadReport;
  readonly slot: number;
  readonly threads: readonly FadingCounts[];
  readonly now: Instant;
}

/**
 * Folds a new report into what is remembered of its secondary; one that is no newer changes nothing. Counters that went
 * back are those of a new start.
 */
export const remember = (before: Remembered | undefined, fresh: Fresh): Remembered => {
  const { weight, origin, load, now } = fresh;
  const report = load.at > now ? { ...load, at: now } : load;
  const ms = before === undefined ? 0 : report.at - before.report.at;
  const base = {
    weight,
    origin,
    report,
    toldAt: load.at,
    since: before === undefined || isNewStart(before, report) ? report.at : before.since,
    sinceLastMs: ms,
    looks: before === undefined ? 0 : before.looks + 1,
    readAt: now,
    ...heldBefore(fresh),
  };
  if (before === undefined) {
    const unknown = { busy: NO_MEAN, running: NO_MEAN, answerMs: NO_MEAN, began: NO_MEAN };
    return { ...base, ...unknown, speed: UNKNOWN_SPEED, busyCounter: UNJUDGED, served: NOTHING_SERVED };
  }
  if (!(ms > 0)) return before;
  const usually = (mean: Mean, value: number | undefined): Mean =>
    value === undefined ? mean : foldMean(mean, { value, ms }, USUAL_MS);
  const kept = {
    ...base,
    running: usually(before.running, credible(before.running, report.running, MOST_RUNNING)),
    answerMs: usually(before.answerMs, credible(before.answerMs, report.answerMs, MOST_ANSWER_MS)),
  };
  if (hasRestarted(before.report, report)) {
    return {
      ...before,
      ...kept,
      speed: { ...before.speed, block: UNKNOWN_SPEED.block },
      busyCounter: UNJUDGED,
    };
  }

  const busySeconds = risen(before.report.busySeconds, report.busySeconds);
  const requests = risen(before.report.done, report.done) ?? risen(before.report.answered, report.answered);
  const busyCounter =
    busySeconds === undefined
      ? before.busyCounter
      : judgeBusy(before.busyCounter, { busySeconds, seconds: ms / 1000 });
  const { isSummed } = busyCounter;
  const visitors = visitorsServed(before, base);
  // Even an error takes a moment: counters that all stand still say nothing of visitors.
  const isStill = requests === 0 && busySeconds === 0;
  return {
    ...kept,
    busyCounter,
    served:
      requests === undefined
        ? NOTHING_SERVED
        : isStill
          ? before.served
          : foldServed(before.served, { visitors, requests, ms }),
    speed: isSummed ? UNKNOWN_SPEED : speedAfter(before, { busySeconds, requests, visitors, ms }),
    busy: isSummed ? NO_MEAN : usually(before.busy, shareOf(busySeconds, ms)),
    began: usually(before.began, rateOf(risen(before.report.started, report.started), ms)),
  };
};

/** A figure as far as it can be believed of one of whom we know what is usual; what is absurd is not told. */
const credible = (
  usual: Mean,
  value: number | undefined,
  most: { readonly times: number; readonly plus: number },
): number | undefined => {
  const limit = most.times * (meanOf(usual) || 0) + most.plus;
  return value === undefined || value > NONSENSE * limit ? undefined : Math.min(value, limit);
};

const speedAfter = (
  { speed }: Remembered,
  {
    busySeconds,
    requests,
    visitors,
    ms,
  }: {
    readonly busySeconds: number | undefined;
    readonly requests: number | undefined;
    readonly visitors: number;
    readonly ms: number;
  },
): Speed =>
  busySeconds === undefined || requests === undefined
    ? speed
    : foldSpeed(speed, { done: requests, busySeconds, seconds: ms / 1000, visitors });

/**
 * For how many visitors it worked between the two readings, if each keeps it busy for as long as the slow counts hold
 * him: those who were held before or came, less those who are held still. Who just came has most of his requests before
 * him.
 */
const visitorsServed = (
  { readAt: before, slowBefore: held }: Remembered,
  { readAt, slowBefore: holds }: { readonly readAt: Instant; readonly slowBefore: number },
): number => {
  const faded = (readAt - before) / SLOW_MS;
  if (!(faded > 0)) return 0;
  // They came evenly, as far as we know.
  const came = ((holds - held * Math.exp(-faded)) * faded) / -Math.expm1(-faded);
  return Math.max(0, held + came - holds);
};

const rateOf = (count: number | undefined, ms: number): number | undefined =>
  count === undefined ? undefined : count / ms;

const shareOf = (busySeconds: number | undefined, ms: number): number | undefined =>
  busySeconds === undefined ? undefined : Math.min(1, (busySeconds * 1000) / ms);

/**
 * Of the visitors sent so far, those that the report holds: all but those who were sent after it was made, or so shortly
 * before that they had not arrived. How many these are is told from the rate of the last seconds.
 */
const heldBefore = ({
  slot,
  load,
  now,
  threads,
}: Fresh): { readonly slowBefore: number; readonly fastBefore: number } => {
  const { slow, fast } = fadedAt(threads, slot, now);
  const late = fast * (1 - Math.exp((Math.min(load.at, now) - now - ARRIVAL_MS) / FAST_MS));
  return { slowBefore: Math.max(0, slow - late), fastBefore: fast - late };
};

/** Its visitors have left it, and nobody returns to it yet. */
const isNewStart = ({ report: before, sinceLastMs }: Remembered, report: LoadReport): boolean =>
  report.at - before.at > Math.max(GONE_MS, STALE_AFTER_INTERVALS * sinceLastMs) ||
  hasRestarted(before, report);

const COUNTERS = ['busySeconds', 'done', 'answered', 'started'] as const;

const hasRestarted = (before: LoadReport, after: LoadReport): boolean =>
  COUNTERS.some((counter) => (risen(before[counter], after[counter]) ?? 0) < 0);

const risen = (before: number | undefined, after: number | undefined): number | undefined =>
  before === undefined || after === undefined ? undefined : after - before;
