import type { Instant } from '../../model/clock.ts';
import type { FadingCounts } from '../../model/policy.ts';
import { FAST_MS, NOTHING, SLOW_MS, STEP_MS } from './constants.ts';

/** Instant and sum. */
const HEAD = 2;

/** How many 64-bit floats the fading counts of one thread take. */
export const fadingLength = (slots: number): number => HEAD + 2 * slots;

/** Opens the fading counts that begin at `first` in a ledger's memory, all zero at the beginning. */
export const openFading = (cells: Float64Array, first: number, slots: number): FadingCounts => ({
  head: cells.subarray(first, first + HEAD),
  slow: cells.subarray(first + HEAD, first + HEAD + slots),
  fast: cells.subarray(first + HEAD + slots, first + HEAD + 2 * slots),
});

/**
 * Counts a visitor sent to the slot. Only the thread that owns the counts calls it; others may read at the same time and
 * see them, for a moment, one step older or younger.
 */
export const countVisitor = (counts: FadingCounts, slot: number, now: Instant): void => {
  const { head, slow, fast } = counts;
  if (now - (head[0] ?? 0) >= STEP_MS) fade(counts, now);
  const aheadMs = Math.max(0, now - (head[0] ?? 0));
  const visitor = Math.exp(aheadMs / SLOW_MS);
  slow[slot] = (slow[slot] ?? 0) + visitor;
  fast[slot] = (fast[slot] ?? 0) + Math.exp(aheadMs / FAST_MS);
  head[1] = (head[1] ?? 0) + visitor;
};

/** A visitor who was counted for one slot at that instant, by any thread, went to another: what is left of him moves. */
export const moveVisitor = (
  counts: FadingCounts,
  { from, to, since }: { readonly from: number; readonly to: number; readonly since: Instant },
  now: Instant,
): void => {
  const { head, slow, fast } = counts;
  if (now - (head[0] ?? 0) >= STEP_MS) fade(counts, now);
  const aheadMs = since - (head[0] ?? 0);
  const slower = Math.exp(aheadMs / SLOW_MS);
  const faster = Math.exp(aheadMs / FAST_MS);
  slow[from] = (slow[from] ?? 0) - slower;
  fast[from] = (fast[from] ?? 0) - faster;
  slow[to] = (slow[to] ?? 0) + slower;
  fast[to] = (fast[to] ?? 0) + faster;
};

const fade = ({ head, slow, fast }: FadingCounts, now: Instant): void => {
  const ageMs = now - (head[0] ?? 0);
  const slowly = Math.exp(-ageMs / SLOW_MS);
  const quickly = Math.exp(-ageMs / FAST_MS);
  let sum = 0;
  for (let slot = 0; slot < slow.length; slot += 1) {
    const slower = (slow[slot] ?? 0) * slowly;
    const faster = (fast[slot] ?? 0) * quickly;
    slow[slot] = Math.abs(slower) < NOTHING ? 0 : slower;
    fast[slot] = Math.abs(faster) < NOTHING ? 0 : faster;
    sum += slower;
  }
  head[0] = now;
  head[1] = sum;
};

/** Visitors sent to the slot, fading to 1/e in 60 s (`slow`) and 10 s (`fast`), over all threads. */
export const fadedAt = (
  threads: readonly FadingCounts[],
  slot: number,
  now: Instant,
): { readonly slow: number; readonly fast: number } => {
  let slow = 0;
  let fast = 0;
  for (const counts of threads) {
    const ageMs = now - (counts.head[0] ?? 0);
    slow += (counts.slow[slot] ?? 0) * Math.exp(-ageMs / SLOW_MS);
    fast += (counts.fast[slot] ?? 0) * Math.exp(-ageMs / FAST_MS);
  }
  return { slow, fast };
};

/** Visitors sent to all slots, fading to 1/e in 60 s, over all threads. */
export const fadedSum = (threads: readonly FadingCounts[], now: Instant): number => {
  let sum = 0;
  for (const { head } of threads) sum += (head[1] ?? 0) * Math.exp(((head[0] ?? 0) - now) / SLOW_MS);
  return sum;
};

/** Adds the counts of some, as many slots or fewer, to those of another: for a larger ledger that takes over. */
export const joinFading = (into: FadingCounts, threads: readonly FadingCounts[]): void => {
  const now = threads.reduce((latest, { head }) => Math.max(latest, head[0] ?? 0), into.head[0] ?? 0);
  fade(into, now);
  threads[0]?.slow.forEach((_, slot) => {
    const { slow, fast } = fadedAt(threads, slot, now);
    into.slow[slot] = (into.slow[slot] ?? 0) + slow;
    into.fast[slot] = (into.fast[slot] ?? 0) + fast;
  });
  into.head[1] = (into.head[1] ?? 0) + fadedSum(threads, now);
};
