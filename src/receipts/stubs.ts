import type { Network } from '../model/network.ts';

/** What the primary keeps of a page whose script is to send a receipt. */
export interface Stub {
  readonly network: Network;
  /** the secondaries that the page names, the primary's choice first */
  readonly slots: readonly number[];
  /** the visitor is to be bound to where he went */
  readonly isBinding: boolean;
}

/** A stub as it is taken out. */
export interface Kept extends Stub {
  /** since the page was handed out */
  readonly ageMs: number;
}

/**
 * The stubs of the last pages, in shared memory of fixed size: a page may be answered to another thread than it came
 * from. Each counts once, for a while, and from the network that it was handed out to. What it is called is random, so
 * nobody can answer for a page that he did not get; nothing is signed, because nothing but the name leaves this process.
 */
export interface Stubs {
  /** Keeps a stub; the name by which the receipt gives it back. */
  readonly keep: (stub: Stub) => string;
  /** Takes a stub out; `undefined`: there is none of that name, or not for this network, or not any more. */
  readonly take: (name: string, network: Network) => Kept | undefined;
}

/** Two random numbers of 32 bits. */
export type Nonce = () => readonly [number, number];

export const MOST_NAMED = 16;

const KEPT = 8192;
const KEPT_FOR_MS = 60_000;

// Words of 32 bits. Head: the number of the next stub. Then the stubs.
const NEXT = 0;
const HEAD = 8;
/** The first random number tells whether there is one; the second goes with it. */
const FIRST = 0;
const SECOND = 1;
const UPPER = 2;
const LOWER = 3;
const AT = 4;
const IS_BINDING = 5;
const COUNT = 6;
const AT_MS = 7;
const SLOTS = 8;
const STUB = SLOTS + MOST_NAMED + 1;

/** The shared memory of stubs, none yet. */
export const allocateStubs = (): SharedArrayBuffer =>
  new SharedArrayBuffer((HEAD + KEPT * STUB) * Uint32Array.BYTES_PER_ELEMENT);

/** Drops the stubs that name one of these slots: they went to other secondaries. */
export const dropStubs = (memory: SharedArrayBuffer, slots: ReadonlySet<number>): void => {
  const words = new Uint32Array(memory);
  for (let at = HEAD; at < words.length; at += STUB) {
    if (words[at + FIRST] === 0) continue;
    const named = words.subarray(at + SLOTS, at + SLOTS + (words[at + COUNT] ?? 0));
    if (named.some((slot) => slots.has(slot))) Atomics.store(words, at + FIRST, 0);
  }
};

const NAME = /^([0-9a-z]{1,3})-([0-9a-z]{1,7})-([0-9a-z]{1,7})$/;

/** @param wall milliseconds since 1970 */
export const openStubs = (
  memory: SharedArrayBuffer,
  { wall, nonce }: { readonly wall: () => number; readonly nonce: Nonce },
): Stubs => {
  const words = new Uint32Array(memory);
  return {
    keep: ({ network, slots, isBinding }) => {
      const place = Atomics.add(words, NEXT, 1) % KEPT;
      const at = HEAD + place * STUB;
      const [random, second] = nonce();
      const first = random === 0 ? 1 : random;
      Atomics.store(words, at + FIRST, 0);
      words[at + SECOND] = second;
      words[at + UPPER] = Math.floor(network / 2 ** 32);
      words[at + LOWER] = network >>> 0;
      const now = wall();
      words[at + AT] = Math.floor(now / 1000);
      words[at + AT_MS] = now % 1000;
      words[at + IS_BINDING] = isBinding ? 1 : 0;
      const count = Math.min(slots.length, MOST_NAMED);
      words[at + COUNT] = count;
      for (let n = 0; n < count; n += 1) words[at + SLOTS + n] = slots[n] ?? 0;
      Atomics.store(words, at + FIRST, first);
      return `${place.toString(36)}-${first.toString(36)}-${second.toString(36)}`;
    },
    take: (name, network) => {
      const [, place = '', first = '', second = ''] = NAME.exec(name) ?? [];
      const number = parseInt(place, 36);
      if (!(number < KEPT)) return undefined;
      const at = HEAD + number * STUB;
      const random = parseInt(first, 36);
      if (words[at + SECOND] !== parseInt(second, 36)) return undefined;
      if (words[at + UPPER] !== Math.floor(network / 2 ** 32) || words[at + LOWER] !== network >>> 0) {
        return undefined;
      }
      const ageMs = wall() - (words[at + AT] ?? 0) * 1000 - (words[at + AT_MS] ?? 0);
      if (ageMs > KEPT_FOR_MS || ageMs < 0) return undefined;
      if (random === 0 || random >= 2 ** 32) return undefined;
      // of two that bring the same one, one has it
      if (Atomics.compareExchange(words, at + FIRST, random, 0) !== random) return undefined;
      return {
        network,
        ageMs,
        isBinding: words[at + IS_BINDING] === 1,
        slots: Array.from({ length: words[at + COUNT] ?? 0 }, (_, n) => words[at + SLOTS + n] ?? 0),
      };
    },
  };
};
