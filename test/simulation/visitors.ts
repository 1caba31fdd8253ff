import {
  exponential,
  paretoAbove,
  paretoDraw,
  paretoMean,
  seededDice,
  type BoundedPareto,
} from './random.ts';

/** Who comes, how often and for what: the law that visitors are drawn from. Seconds. */
export interface Traffic {
  /** sessions a second, on average */
  readonly rate: number;
  /** spans of more and of less traffic: factors of the rate and mean lengths; absent: always the same */
  readonly bursts?: {
    readonly high: number;
    readonly highFor: number;
    readonly low: number;
    readonly lowFor: number;
  };
  /** requests in a session; rounded up */
  readonly requests: BoundedPareto;
  /** mean time from an answer to the visitor's next request */
  readonly think: number;
  /** visitors who come back to their secondary, by their cookies, some time after their last answer; absent: nobody does */
  readonly returns?: { readonly chance: number; readonly after: number };
  /** size of a request, in seconds on a machine of speed 1 */
  readonly size: BoundedPareto;
}

/** Sessions drawn once and shown to every rule alike (common random numbers). Flat arrays. */
export interface Visitors {
  readonly count: number;
  readonly arrival: Float64Array;
  /** 0 to 1: which dispatcher a visitor comes to */
  readonly lot: Float64Array;
  /** requests of session s: from first[s] up to first[s + 1] - 1 */
  readonly first: Int32Array;
  readonly size: Float64Array;
  /** time before the request, after the answer to the one before */
  readonly think: Float64Array;
}

/** Bounded Pareto(1.2; 2 to 300), mean about 8. */
export const REQUESTS: BoundedPareto = { alpha: 1.2, least: 2, most: 300 };
/** Bounded Pareto(1.3; 0.03 to 10 s), mean 0.107 s. */
export const SIZE: BoundedPareto = { alpha: 1.3, least: 0.03, most: 10 };

/** The mean number of requests in a session. */
export const meanRequests = (requests: BoundedPareto): number => {
  let mean = 0;
  for (let count = 0; count < requests.most; count += 1) mean += paretoAbove(requests, count);
  return mean;
};

/** Seconds of work, at speed 1, that a visitor brings on average. */
export const workOfSession = ({
  requests,
  size,
  returns,
}: Pick<Traffic, 'requests' | 'size' | 'returns'>): number =>
  (meanRequests(requests) * paretoMean(size)) / (1 - (returns?.chance ?? 0));

/** Draws all visitors who come before `until`. */
export const drawVisitors = (traffic: Traffic, until: number, seed: number): Visitors => {
  const dice = seededDice(seed);
  const arrivals = drawArrivals(traffic, until, seed);
  const count = arrivals.length;
  const lot = new Float64Array(count);
  const first = new Int32Array(count + 1);
  const { returns } = traffic;
  /** requests that begin another stay, and not the first */
  const back: number[] = [];
  for (let session = 0; session < count; session += 1) {
    lot[session] = dice();
    let end = first[session]! + Math.ceil(paretoDraw(dice, traffic.requests));
    while (returns !== undefined && dice() < returns.chance) {
      back.push(end);
      end += Math.ceil(paretoDraw(dice, traffic.requests));
    }
    first[session + 1] = end;
  }
  const total = first[count]!;
  const size = new Float64Array(total);
  const think = new Float64Array(total);
  for (let request = 0; request < total; request += 1) {
    size[request] = paretoDraw(dice, traffic.size);
    think[request] = exponential(dice, traffic.think);
  }
  if (returns !== undefined) for (const request of back) think[request] = exponential(dice, returns.after);
  return { count, arrival: Float64Array.from(arrivals), lot, first, size, think };
};

const drawArrivals = ({ rate, bursts }: Traffic, until: number, seed: number): readonly number[] => {
  const dice = seededDice(seed + 7919);
  const arrivals: number[] = [];
  if (bursts === undefined) {
    for (let at = exponential(dice, 1 / rate); at < until; at += exponential(dice, 1 / rate))
      arrivals.push(at);
    return arrivals;
  }
  const { high, highFor, low, lowFor } = bursts;
  const calm = rate / ((high * highFor + low * lowFor) / (highFor + lowFor));
  let at = 0;
  let isHigh = false;
  let turns = exponential(dice, lowFor);
  while (at < until) {
    const next = at + exponential(dice, 1 / (calm * (isHigh ? high : low)));
    if (next < turns) {
      at = next;
      if (at < until) arrivals.push(at);
      continue;
    }
    at = turns;
    isHigh = !isHigh;
    turns = at + exponential(dice, isHigh ? highFor : lowFor);
  }
  return arrivals;
};
