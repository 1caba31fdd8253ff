import type { Instant } from '../../model/clock.ts';
import type { FadingCounts } from '../../model/policy.ts';
import { FAST_MS, NOTHING, SLOW_MS, STEP_MS } from './constants.ts';

/** Instant and sum. */
const HEAD = 2;
/** So many slots are brought up to date together: a visit never pays for all slots of a large pool. */
const BLOCK_BITS = 8;
const BLOCK = 1 << BLOCK_BITS;
/** What is older than so many of its lives is nothing. */
const LIVES = 50;

const blocksOf = (slots: number): number => Math.ceil(slots / BLOCK);

/** How many 64-bit floats the fading counts of one thread take. */
export const fadingLength = (slots: number): number => HEAD + blocksOf(slots) + 2 * slots;

/** Opens the fading counts that begin at `first` in a ledger's memory, all zero at the beginning. */
export const openFading = (cells: Float64Array, first: number, slots: number): FadingCounts => {
  const at = first + HEAD;
  const slow = at + blocksOf(slots);
  return {
    head: cells.subarray(first, at),
    at: cells.subarray(at, slow),
    slow: cells.subarray(slow, slow + slots),
    fast: cells.subarray(slow + slots, slow + 2 * slots),
  };
};

/** The part of a count that is left after a while: a count that fades to 1/e in `lifeMs`. */
export const left = (ageMs: number, lifeMs: number): number =>
  ageMs > LIVES * lifeMs ? 0 : Math.exp(-ageMs / lifeMs);

/** The place in `at` of the instant that the counts of a slot are of. */
export const blockOf = (slot: number): number => slot >>> BLOCK_BITS;

/**
 * Counts a visitor sent to the slot. Only the thread that owns the counts calls it; others may read at the same time and
 * see them, for a moment, one step older or younger.
 */
export const countVisitor = (counts: FadingCounts, slot: number, now: Instant): void => {
  const { head, slow, fast } = counts;
  const aheadMs = Math.max(0, now - upToDate(counts, blockOf(slot), now));
  const visitor = Math.exp(aheadMs / SLOW_MS);
  slow[slot] = (slow[slot] ?? 0) + visitor;
  fast[slot] = (fast[slot] ?? 0) + Math.exp(aheadMs / FAST_MS);
  const headAt = head[0] ?? 0;
  if (now - headAt >= STEP_MS) {
    head[0] = now;
    head[1] = (head[1] ?? 0) * left(now - headAt, SLOW_MS) + 1;
  } else {
    head[1] = (head[1] ?? 0) + Math.exp(Math.max(0, now - headAt) / SLOW_MS);
  }
};

/** A visitor who was counted for one slot at that instant, by any thread, went to another: what is left of him moves. */
export const moveVisitor = (
  counts: FadingCounts,
  { from, to, since }: { readonly from: number; readonly to: number; readonly since: Instant },
  now: Instant,
): void => {
  const add = (slot: number, visitors: number): void => {
    const aheadMs = since - upToDate(counts, blockOf(slot), now);
    counts.slow[slot] = (counts.slow[slot] ?? 0) + visitors * Math.exp(aheadMs / SLOW_MS);
    counts.fast[slot] = (counts.fast[slot] ?? 0) + visitors * Math.exp(aheadMs / FAST_MS);
  };
  add(from, -1);
  add(to, 1);
};

/** Nobody was sent to the slot: its visitors are another's. */
export const clearFading = ({ head, at, slow, fast }: FadingCounts, slot: number): void => {
  const aheadMs = (at[blockOf(slot)] ?? 0) - (head[0] ?? 0);
  head[1] = (head[1] ?? 0) - (slow[slot] ?? 0) * Math.exp(aheadMs / SLOW_MS);
  slow[slot] = 0;
  fast[slot] = 0;
};

/** Brings a block of slots up to date where it is time to; the instant that it is of then. */
const upToDate = (counts: FadingCounts, block: number, now: Instant): Instant => {
  const at = counts.at[block] ?? 0;
  if (now - at < STEP_MS) return at;
  fade(counts, block, now);
  return now;
};

const fade = ({ at, slow, fast }: FadingCounts, block: number, now: Instant): void => {
  const ageMs = now - (at[block] ?? 0);
  const slowly = left(ageMs, SLOW_MS);
  const quickly = left(ageMs, FAST_MS);
  const end = Math.min(slow.length, (block + 1) * BLOCK);
  for (let slot = block * BLOCK; slot < end; slot += 1) {
    const slower = (slow[slot] ?? 0) * slowly;
    const faster = (fast[slot] ?? 0) * quickly;
    slow[slot] = Math.abs(slower) < NOTHING ? 0 : slower;
    fast[slot] = Math.abs(faster) < NOTHING ? 0 : faster;
  }
  at[block] = now;
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
    const ageMs = now - (counts.at[blockOf(slot)] ?? 0);
    slow += (counts.slow[slot] ?? 0) * left(ageMs, SLOW_MS);
    fast += (counts.fast[slot] ?? 0) * left(ageMs, FAST_MS);
  }
  return { slow, fast };
};

/** Visitors sent to all slots, fading to 1/e in 60 s, over all threads. */
export const fadedSum = (threads: readonly FadingCounts[], now: Instant): number => {
  let sum = 0;
  for (const { head } of threads) sum += (head[1] ?? 0) * left(now - (head[0] ?? 0), SLOW_MS);
  return sum;
};

/** Adds the counts of some, as many slots or fewer, to those of another: for a larger ledger that takes over. */
export const joinFading = (into: FadingCounts, threads: readonly FadingCounts[]): void => {
  const all = [into, ...threads];
  const now = all.reduce((latest, { head, at }) => Math.max(latest, head[0] ?? 0, ...at), 0);
  for (let block = 0; block < into.at.length; block += 1) fade(into, block, now);
  threads[0]?.slow.forEach((_, slot) => {
    const { slow, fast } = fadedAt(threads, slot, now);
    into.slow[slot] = (into.slow[slot] ?? 0) + slow;
    into.fast[slot] = (into.fast[slot] ?? 0) + fast;
  });
  into.head[1] = fadedSum(all, now);
  into.head[0] = now;
};
