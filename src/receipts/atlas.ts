import { networkOf, type Network } from '../model/network.ts';
import type { NearnessView } from '../model/policy.ts';

/** What a browser measured of one secondary. */
export interface Measured {
  readonly slot: number;
  readonly ms: number;
  /** it had not answered by then: it takes at least so long */
  readonly isAtLeast?: boolean;
}

/** What a network knows of one secondary. */
export interface Known {
  readonly slot: number;
  /** how long it takes to answer */
  readonly ms: number;
  /** how many measurements it is made of, those long ago counted for less */
  readonly count: number;
  /** of the last one, seconds since 1970 */
  readonly at: number;
}

/** All that is known of one network. */
export interface Page {
  readonly network: Network;
  /** seconds since 1970 */
  readonly heardAt: number;
  readonly known: readonly Known[];
}

/**
 * How near the secondaries are to the networks that visitors come from, by what visitors' own browsers measured. One
 * block of shared memory for all door threads of the process, which never grows: where there is no room for a network,
 * one goes of which little is known, or of which all that is known is old.
 */
export interface Atlas extends NearnessView {
  /** Takes measurements of a browser of this network in; false: the network has told more than it may just now. */
  readonly learn: (network: Network, measured: readonly Measured[]) => boolean;
  /** A browser of this network was asked to measure. */
  readonly asked: (network: Network) => void;
  /** New secondaries took over the slots: what was known of those before is forgotten. */
  readonly forget: (slots: ReadonlySet<number>) => void;
  /** Everything known, a part of the rows at a time: 0 up to `parts` - 1. */
  readonly pages: (part: number) => readonly Page[];
  readonly parts: number;
  /** Takes over what was known before, unless newer is known. */
  readonly restore: (page: Page) => void;
  /** How many networks know of at least one secondary how near it is. Looks at every row. */
  readonly networks: () => number;
  /** grows with everything that is learned */
  readonly changes: () => number;
}

/** Networks that are kept. A row takes 128 bytes. */
const ROWS = 32_768;
/** A network has its row in one of so many places. */
const WAYS = 8;
const SETS = ROWS / WAYS;
const ROWS_A_PART = 512;

// Words of 32 bits. Head: changes. Then the locks of the sets, then the rows.
const CHANGES = 0;
const HEAD = 8;
const LOCKS = HEAD;
const FIRST = LOCKS + SETS;

/** A row: the network (its upper part + 1, so that 0 is nobody), and … */
const UPPER = 0;
const LOWER = 1;
const HEARD_AT = 2;
/** how much it told lately, and as of when */
const TOLD = 3;
const TOLD_AT = 4;
/** browsers asked to measure since the last receipt */
const ASKED = 5;
const ENTRIES = 8;
/** An entry: the slot + 1, milliseconds, when, of how many. */
const SLOT = 0;
const MS = 1;
const AT = 2;
const COUNT = 3;
const ENTRY = 4;
/** Secondaries that a network knows at most. */
const MOST_KNOWN = 6;
const ROW = ENTRIES + MOST_KNOWN * ENTRY;

/** Nothing takes longer: what failed counts as that. */
export const LONGEST_MS = 10_000;
/** Nothing is nearer; a page on the same machine measures less. */
const SHORTEST_MS = 0.1;
/** Whoever had not answered when the page was left is farther than that; how much, nobody saw. */
const BEYOND = 1.5;
const BEYOND_MS = 10;
/** One measurement moves an estimate to its double or its half at most, … */
const FARTHEST = Math.LN2;
/** … and by no less than a quarter of the way, so that a lie is forgotten after a few honest ones. */
const LEAST_PART = 1 / 4;
/** Old measurements count for half after so long. */
const HALVED_IN_S = 6 * 3600;
/** What is older than that is not known any more. */
const FORGOTTEN_IN_S = 7 * 24 * 3600;
/** To have a row, so many measurements count: more say nothing more. */
const ENOUGH = 8;
/** A network that came counts for so much of one: enough to outlast one that measured once, a day and a half ago. */
const HEARD_OF = 1 / 64;
/** A network may tell so much at once, and then once in so long. */
const BURST = 8;
const REFILL_S = 2;
/** A thread that died with a set locked does not lock it for ever. */
const LOCKED_S = 2;

/** The shared memory of an atlas, all unknown. */
export const allocateAtlas = (): SharedArrayBuffer =>
  new SharedArrayBuffer((FIRST + ROWS * ROW) * Uint32Array.BYTES_PER_ELEMENT);

/** @param wall milliseconds since 1970: what is known outlives a restart, and so does its age */
export const openAtlas = (memory: SharedArrayBuffer, wall: () => number): Atlas => {
  const words = new Uint32Array(memory);
  const floats = new Float32Array(memory);
  const seconds = (): number => Math.floor(wall() / 1000);
  const word = (at: number): number => words[at] ?? 0;

  const find = (network: Network): number => {
    if (network < 0) return -1;
    const upper = upperOf(network);
    const lower = network >>> 0;
    const first = rowsOf(setOf(network));
    for (let row = first; row < first + WAYS * ROW; row += ROW) {
      if (word(row + UPPER) === upper && word(row + LOWER) === lower) return row;
    }
    return -1;
  };

  /** Does it while no other thread changes the set, and says what came of it; not at all where one does just now. */
  const locked = (set: number, change: () => boolean): boolean => {
    const now = seconds();
    const holder = Atomics.compareExchange(words, LOCKS + set, 0, now);
    if (holder !== 0) {
      const isStale = Math.abs(now - holder) > LOCKED_S;
      if (!isStale || Atomics.compareExchange(words, LOCKS + set, holder, now) !== holder) return false;
    }
    try {
      return change();
    } finally {
      Atomics.store(words, LOCKS + set, 0);
    }
  };

  /** The row of a network; where it has none, that of the network in its set that is missed least. */
  const rowFor = (network: Network): number => {
    const known = find(network);
    if (known !== -1) return known;
    const first = rowsOf(setOf(network));
    let victim = first;
    let least = Infinity;
    for (let row = first; row < first + WAYS * ROW; row += ROW) {
      const worth = word(row + UPPER) === 0 ? -1 : worthOf(row);
      if (worth < least) {
        least = worth;
        victim = row;
      }
    }
    words.fill(0, victim, victim + ROW);
    words[victim + LOWER] = network >>> 0;
    words[victim + UPPER] = upperOf(network);
    words[victim + HEARD_AT] = seconds();
    return victim;
  };

  /** What is not known any more counts for nothing, and the rest for less the older it is, as in `take`. */
  const worthOf = (row: number): number => {
    const now = seconds();
    let worth = HEARD_OF * fadedBy(now - word(row + HEARD_AT));
    for (let entry = row + ENTRIES; entry < row + ROW; entry += ENTRY) {
      if (isFresh(entry)) worth += Math.min(ENOUGH, word(entry + COUNT)) * fadedBy(now - word(entry + AT));
    }
    return worth;
  };

  const entryFor = (row: number, slot: number): number => {
    let victim = row + ENTRIES;
    for (let entry = row + ENTRIES; entry < row + ROW; entry += ENTRY) {
      if (word(entry + SLOT) === slot + 1) return entry;
      if (word(entry + AT) < word(victim + AT)) victim = entry;
    }
    words.fill(0, victim, victim + ENTRY);
    words[victim + SLOT] = slot + 1;
    return victim;
  };

  const mayTell = (row: number, now: number): boolean => {
    const rested = Math.floor((now - word(row + TOLD_AT)) / REFILL_S);
    const told = rested < 0 ? 0 : Math.max(0, word(row + TOLD) - rested);
    if (told >= BURST) return false;
    words[row + TOLD] = told + 1;
    words[row + TOLD_AT] = now;
    return true;
  };

  const take = (entry: number, { ms, isAtLeast = false }: Measured, now: number): void => {
    const told = isAtLeast ? Math.max(ms * BEYOND, ms + BEYOND_MS) : ms;
    const seen = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, told));
    const before = floats[entry + MS] ?? 0;
    const count = word(entry + COUNT) * fadedBy(now - word(entry + AT));
    if (!(before > 0)) floats[entry + MS] = seen;
    else if (isAtLeast && seen <= before) return;
    else {
      const part = Math.max(LEAST_PART, 1 / (count + 1));
      const step = Math.min(FARTHEST, Math.max(-FARTHEST, Math.log(seen / before)));
      floats[entry + MS] = before * Math.exp(part * step);
    }
    words[entry + COUNT] = Math.min(1000, Math.round(count) + 1);
    words[entry + AT] = now;
  };

  const isFresh = (entry: number): boolean =>
    word(entry + SLOT) !== 0 && seconds() - word(entry + AT) < FORGOTTEN_IN_S;

  const knows = (row: number): boolean => {
    for (let entry = row + ENTRIES; entry < row + ROW; entry += ENTRY) if (isFresh(entry)) return true;
    return false;
  };

  return {
    find: (address) => find(networkOf(address)),
    note: (address) => {
      const network = networkOf(address);
      if (network >= 0) locked(setOf(network), () => rowFor(network) >= 0);
    },
    places: MOST_KNOWN,
    slotAt: (row, place) => {
      const entry = row + ENTRIES + place * ENTRY;
      return isFresh(entry) ? word(entry + SLOT) - 1 : -1;
    },
    msAt: (row, place) => floats[row + ENTRIES + place * ENTRY + MS] ?? NaN,
    countAt: (row, place) => word(row + ENTRIES + place * ENTRY + COUNT),
    unanswered: (row) => word(row + ASKED),
    asked: (network) => {
      if (network < 0) return;
      locked(setOf(network), () => {
        const row = rowFor(network);
        words[row + ASKED] = Math.min(1000, word(row + ASKED) + 1);
        return true;
      });
    },
    learn: (network, measured) => {
      if (network < 0) return false;
      const isTaken = locked(setOf(network), () => {
        const now = seconds();
        const row = rowFor(network);
        words[row + HEARD_AT] = now;
        words[row + ASKED] = 0;
        if (!mayTell(row, now)) return false;
        for (const each of measured) take(entryFor(row, each.slot), each, now);
        return true;
      });
      if (isTaken) Atomics.add(words, CHANGES, 1);
      return isTaken;
    },
    forget: (slots) => {
      for (let entry = FIRST + ENTRIES; entry < words.length; entry += ENTRY) {
        // between the entries of two rows stands the head of the next
        if ((entry - FIRST) % ROW < ENTRIES) entry += ENTRIES - ((entry - FIRST) % ROW);
        if (slots.has(word(entry + SLOT) - 1)) words.fill(0, entry, entry + ENTRY);
      }
    },
    parts: ROWS / ROWS_A_PART,
    pages: (part) => {
      const pages: Page[] = [];
      const first = FIRST + part * ROWS_A_PART * ROW;
      for (let row = first; row < first + ROWS_A_PART * ROW; row += ROW) {
        if (word(row + UPPER) === 0) continue;
        const known: Known[] = [];
        for (let entry = row + ENTRIES; entry < row + ROW; entry += ENTRY) {
          if (!isFresh(entry)) continue;
          known.push({
            slot: word(entry + SLOT) - 1,
            ms: floats[entry + MS] ?? 0,
            count: word(entry + COUNT),
            at: word(entry + AT),
          });
        }
        const network = (word(row + UPPER) - 1) * 2 ** 32 + word(row + LOWER);
        if (known.length > 0) pages.push({ network, heardAt: word(row + HEARD_AT), known });
      }
      return pages;
    },
    networks: () => {
      let count = 0;
      for (let row = FIRST; row < FIRST + ROWS * ROW; row += ROW)
        if (word(row + UPPER) !== 0 && knows(row)) count += 1;
      return count;
    },
    restore: ({ network, heardAt, known }) => {
      locked(setOf(network), () => {
        const row = rowFor(network);
        words[row + HEARD_AT] = heardAt;
        for (const { slot, ms, count, at } of known) {
          const entry = entryFor(row, slot);
          if (word(entry + AT) >= at) continue;
          floats[entry + MS] = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ms));
          words[entry + COUNT] = count;
          words[entry + AT] = at;
        }
        return true;
      });
    },
    changes: () => Atomics.load(words, CHANGES),
  };
};

/** What is left of a measurement's weight after so many seconds. */
const fadedBy = (seconds: number): number => 2 ** (-Math.max(0, seconds) / HALVED_IN_S);

const upperOf = (network: Network): number => Math.floor(network / 2 ** 32) + 1;

const rowsOf = (set: number): number => FIRST + set * WAYS * ROW;

/** Neighbouring networks lie far apart: nobody who has many next to each other has one set full of them by chance. */
const setOf = (network: Network): number => {
  let mixed = Math.imul(network >>> 0, 0x9e3779b1) ^ Math.imul(Math.floor(network / 2 ** 32) + 1, 0x85ebca77);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) & (SETS - 1);
};
