import {
  BLOCK_BUSY_SECONDS,
  BLOCK_REQUESTS,
  CHANGE,
  CHANGE_SLACK,
  DRIFT_PER_SECOND,
  JUMP,
  SCATTER,
  NONSENSE,
} from './constants.ts';

/** How fast a machine is, as its reports let us know. Plain data. */
export interface Speed {
  /** logarithm of its completions in a busy second; absent: not known yet */
  readonly log?: number;
  /** the variance of `log` */
  readonly variance: number;
  /** how much faster and how much slower it was lately than thought, beyond chance, in standard deviations summed up */
  readonly faster: number;
  readonly slower: number;
  /** what `log` goes by, older blocks for as much less as they count for less in it: requests and own visitors */
  readonly requests: number;
  readonly visitors: number;
  /** what was seen since the last whole block */
  readonly block: Work;
}

/** What a machine did between two reports. */
export interface Work {
  readonly done: number;
  readonly busySeconds: number;
  readonly seconds: number;
  /** whom this primary sent there */
  readonly visitors: number;
}

const NO_WORK: Work = { done: 0, busySeconds: 0, seconds: 0, visitors: 0 };

/** Nothing seen yet. */
export const UNKNOWN_SPEED: Speed = {
  variance: Infinity,
  faster: 0,
  slower: 0,
  requests: 0,
  visitors: 0,
  block: NO_WORK,
};

/**
 * Folds one more piece of work into what is known of a machine's speed: a Kalman filter on the logarithm of completions
 * per busy second, for a speed that hardly drifts but now and then changes. A change is a block that differs by more
 * than chance lets, or several that differ to the same side (Page's cumulative sum); then the filter forgets, so that a
 * machine that turned slow is found out by the next report, and one that slowed down a little within minutes.
 */
export const foldSpeed = (known: Speed, work: Work): Speed => {
  const block: Work = {
    done: known.block.done + work.done,
    busySeconds: known.block.busySeconds + work.busySeconds,
    seconds: known.block.seconds + work.seconds,
    visitors: known.block.visitors + work.visitors,
  };
  if (block.done < BLOCK_REQUESTS || block.busySeconds < BLOCK_BUSY_SECONDS) return { ...known, block };

  const seen = Math.log(block.done / block.busySeconds);
  const noise = SCATTER / block.done;
  // No machine becomes so much faster: its counter jumped.
  if (known.log !== undefined && seen - known.log > Math.log(NONSENSE)) return { ...known, block: NO_WORK };
  const { done, visitors } = block;
  if (known.log === undefined)
    return { ...UNKNOWN_SPEED, log: seen, variance: noise, requests: done, visitors };

  const surprise = seen - known.log;
  const drifted = known.variance + DRIFT_PER_SECOND * block.seconds;
  const deviation = surprise / Math.sqrt(drifted + noise);
  const faster = Math.max(0, known.faster + deviation - CHANGE_SLACK);
  const slower = Math.max(0, known.slower - deviation - CHANGE_SLACK);
  const hasChanged = Math.abs(deviation) > JUMP || faster > CHANGE || slower > CHANGE;

  const before = hasChanged ? drifted + surprise ** 2 + noise : drifted;
  const gain = before / (before + noise);
  return {
    log: known.log + gain * surprise,
    variance: (1 - gain) * before,
    faster: hasChanged ? 0 : faster,
    slower: hasChanged ? 0 : slower,
    requests: (1 - gain) * known.requests + done,
    visitors: (1 - gain) * known.visitors + visitors,
    block: NO_WORK,
  };
};
