import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Clock } from '../../model/clock.ts';

/** Wrong passwords that an address has free. */
const BURST = 5;

/** After them, one in this time. */
const REFILL_MS = 10_000;

/** Addresses remembered at a time; who was seen longest ago is forgotten first. */
const REMEMBERED = 1000;

/** Counts the attempts of each address, so that passwords can't be tried out by the thousand. */
export interface Attempts {
  /** Takes one attempt of this address; returns how long to wait instead when it has none left. */
  readonly take: (address: string) => { readonly waitMs: number };
  /** Gives it back: the password was right. */
  readonly giveBack: (address: string) => void;
}

/** A token bucket for each address (IPv6: for each /64, as one machine has all of it), in bounded memory. */
export const createAttempts = (clock: Pick<Clock, 'now'>): Attempts => {
  const buckets = new Map<string, { left: number; at: number }>();
  const bucketOf = (key: string): { left: number; at: number } => {
    const now = clock.now();
    const known = buckets.get(key) ?? { left: BURST, at: now };
    return { left: Math.min(BURST, known.left + (now - known.at) / REFILL_MS), at: now };
  };
  const keep = (key: string, bucket: { left: number; at: number }): void => {
    buckets.delete(key);
    buckets.set(key, bucket);
    for (const oldest of buckets.keys()) {
      if (buckets.size <= REMEMBERED) break;
      buckets.delete(oldest);
    }
  };
  return {
    take: (address) => {
      const key = networkOf(address);
      const bucket = bucketOf(key);
      if (bucket.left < 1) return { waitMs: Math.ceil((1 - bucket.left) * REFILL_MS) };
      keep(key, { ...bucket, left: bucket.left - 1 });
      return { waitMs: 0 };
    },
    giveBack: (address) => {
      const key = networkOf(address);
      const bucket = bucketOf(key);
      keep(key, { ...bucket, left: Math.min(BURST, bucket.left + 1) });
    },
  };
};

const networkOf = (address: string): string => {
  const [bare = ''] = address.split('%');
  if (!isIPv6(bare)) return bare;
  const parsed = ipaddr.process(bare);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return (parsed as ipaddr.IPv6).parts.slice(0, 4).join(':');
};
