import type { Clock } from '../model/clock.ts';

/** So many of the bytes that were asked for may go through, after so long. */
export interface Portion {
  readonly bytes: number;
  /** 0: at once */
  readonly waitMs: number;
}

/** The bytes that may be carried, over all door threads. */
export interface Bucket {
  /** Takes so many bytes, or a part of them where it is empty: what whoever takes part in it gets in a few seconds. */
  readonly take: (bytes: number, sharing: number) => Portion;
  readonly isEmpty: () => boolean;
  readonly limit: (bytesPerHour: number) => void;
}

export interface BucketOptions {
  /** of `allocateBucket` */
  readonly memory: SharedArrayBuffer;
  readonly clock: Pick<Clock, 'now'>;
}

const HOUR_US = 3_600_000_000;
/**
 * Once it is empty each of those under way gets a portion in so long, so that no connection seems dead. It is also about
 * all that it can owe: nobody takes more before that is paid.
 */
const ROUND_US = 5_000_000;

/** Memory for one bucket that all threads share. */
export const allocateBucket = (): SharedArrayBuffer => new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT);

/**
 * A bucket that holds half of an hour's worth and takes an hour to fill: whatever the hour, no more than its worth goes
 * through. All that is kept is the instant at which it will be full, in microseconds: whoever takes puts that off. One
 * word is put off by all threads without a lock.
 *
 * The time until then tells how much is missing, an hour stands for an empty bucket; what is beyond that is waited for.
 */
export const openBucket = ({ memory, clock }: BucketOptions): Bucket => {
  const fullAt = new BigInt64Array(memory);
  let bytesPerUs = 0;
  const missing = (until: bigint, nowUs: number): number => Math.max(0, Number(until) - nowUs);
  const nowUs = (): number => Math.floor(clock.now() * 1000);

  return {
    take: (bytes, sharing) => {
      for (;;) {
        const until = Atomics.load(fullAt, 0);
        const now = nowUs();
        const before = missing(until, now);
        const left = Math.floor((HOUR_US - before) * bytesPerUs);
        const least = Math.max(1, Math.floor((ROUND_US * bytesPerUs) / Math.max(1, sharing)));
        const taken = Math.min(bytes, Math.max(left, least));
        const after = before + Math.ceil(taken / bytesPerUs);
        if (Atomics.compareExchange(fullAt, 0, until, BigInt(now + after)) === until) {
          return { bytes: taken, waitMs: Math.max(0, after - HOUR_US) / 1000 };
        }
      }
    },
    isEmpty: () => missing(Atomics.load(fullAt, 0), nowUs()) >= HOUR_US,
    limit: (bytesPerHour) => {
      bytesPerUs = bytesPerHour / 2 / HOUR_US;
    },
  };
};
