import { CONTRADICTION_LEAST, QUEUE, STRANGERS, TRUST, VISITOR_SCATTER } from './constants.ts';
import { lowerMedian } from './median.ts';
import type { Speed } from './speed.ts';

/** What a machine's counters say of its speed. */
export interface Claim {
  /** logarithm of its speed over its configured weight; NaN: not known */
  readonly difference: number;
  readonly weight: number;
  readonly speed: Speed;
  /** the part of the time that it is busy, and its requests in service, in usual times; NaN: not told */
  readonly busy: number;
  readonly running: number;
  /** how often its requests in service were looked at, so far apart that one look tells nothing of the next */
  readonly looks: number;
  /** it tells successes from errors */
  readonly isFruitful: boolean;
}

/**
 * The differences of a pool, in which one counts as faster than the others only as far as our own visitors bear it out.
 * Who answers many more requests for each visitor of ours than others do answers strangers as well: somebody's health
 * checks, thumbnails; or he lies. Such requests may be a hundred times as small as ours, and tell nothing of how many of
 * our visitors he can bear; so they are taken out of his speed. Who is hardly busy and yet holds many requests, or is
 * busy and holds none, contradicts himself; that he holds none takes some looks, as whoever is busy for half of the time
 * is found with none at every other one. Without a count of successes, fast errors look like speed: then nobody is
 * faster at all.
 */
export const borneOut = (claims: readonly Claim[]): readonly number[] => {
  const lower = lowerMedian(claims.map(({ difference, weight }) => ({ value: difference, weight })));
  const usual = lowerMedian(claims.map(({ speed, weight }) => ({ value: perVisitor(speed), weight })));
  const queue = Math.max(
    1,
    lowerMedian(claims.map((claim) => ({ value: queueOf(claim), weight: claim.weight }))) || 1,
  );
  return claims.map((claim) => {
    const { difference, speed, isFruitful } = claim;
    if (!(difference > lower)) return difference;
    if (!isFruitful || !isProven(speed) || contradictsItself(claim, queue)) return lower;
    const noise = VISITOR_SCATTER / speed.visitors;
    const ofStrangers = proven(Math.max(0, perVisitor(speed) - usual), noise);
    const rise = Math.max(0, difference - lower - ofStrangers);
    return rise ** 2 > TRUST * (speed.variance + noise) ? lower + rise : lower;
  });
};

/** An estimate as far as it is beyond its error: the positive part of James and Stein's. */
export const trusted = (estimate: number, variance: number): number =>
  estimate * Math.max(0, 1 - (TRUST * variance) / Math.max(estimate ** 2, 1e-12));

/** As much of a rise as is proven: nothing at first, then more and more, in the end all (firm shrinkage; Gao and Bruce, 1997). */
const proven = (rise: number, variance: number): number => {
  const { from, whole } = STRANGERS;
  const errors = rise / Math.sqrt(variance);
  return rise * Math.max(0, Math.min(1, ((1 - from / errors) * whole) / (whole - from)));
};

const isProven = ({ visitors }: Speed): boolean => visitors >= CONTRADICTION_LEAST;

/** Logarithm of the requests that it answered for each visitor of ours; NaN where there were too few. */
const perVisitor = (speed: Speed): number =>
  isProven(speed) ? Math.log(speed.requests / speed.visitors) : NaN;

/** Requests in service, over those that a machine holds that shares its time and is busy for that part of it. */
const queueOf = ({ busy, running }: Claim): number => (busy > 0 ? (running * (1 - busy)) / busy : NaN);

const contradictsItself = (claim: Claim, usual: number): boolean =>
  queueOf(claim) > QUEUE.most * usual || holdsNone(claim);

const holdsNone = ({ busy, running, looks }: Claim): boolean =>
  running < QUEUE.least * busy && looks >= QUEUE.looks;
