import type { Dice, Instant } from '../model/clock.ts';
import type { Source } from '../model/pool.ts';

/** What is kept of one decision, so that it can be explained and made again. Who the visitor was is not. */
export interface Noted {
  readonly at: Instant;
  readonly kind: 'kept' | 'chosen' | 'none';
  /** row of the ledger of whom he was sent to; -1: nobody */
  readonly slot: number;
  /** where he came in: 0 the main way, then the entrances in their order */
  readonly way: number;
  /** of the snapshot that was gone by: together they name it */
  readonly source: Source;
  readonly snapshotSeq: number;
  readonly snapshotAt: Instant;
  /** when the roster was made of it: what warms up has its share as of then */
  readonly rosterAt: Instant;
  /** which settings were in force */
  readonly edition: number;
  /** -1: none was drawn */
  readonly ticket: number;
  /** the visitor avoids somebody */
  readonly avoids: boolean;
}

/** A decision as it is read again. */
export interface NotedDecision extends Noted {
  /** counts all decisions of this run, from 0 */
  readonly number: number;
  /** what the dice showed, in turn; the first four */
  readonly dice: readonly number[];
}

/** The last decisions of all door threads, in memory of a fixed size. */
export interface Decisions {
  /** the dice, watched: what they show from `begin` on belongs to the decision that is noted next */
  readonly dice: Dice;
  readonly begin: () => void;
  /** Notes a decision; returns its number. */
  readonly note: (noted: Noted) => number;
  /** `undefined`: it is not there any more, or was never made */
  readonly read: (number: number) => NotedDecision | undefined;
  /** the number that the next one gets */
  readonly next: () => number;
}

/** How many are kept; a power of two, so that a counter of 32 bits may run over. At least the last 10,000. */
export const KEPT_DECISIONS = 16_384;

const MOST_DICE = 4;
const SOURCES: readonly Source[] = ['none', 'live', 'cached', 'own', 'memory'];
const KINDS = ['kept', 'chosen', 'none'] as const;

/** In 64-bit floats: [number + 1][at][slot][snapshot: at][roster][edition][ticket][the small ones][snapshot: seq][dice: 4]. */
const FIRST_DIE = 9;
const FIELDS = FIRST_DIE + MOST_DICE;
/** The counter comes first. */
const HEAD = 1;

/** The shared memory of the last decisions: 1.7 MB, of which only what is written takes room. */
export const allocateDecisions = (): SharedArrayBuffer =>
  new SharedArrayBuffer((HEAD + KEPT_DECISIONS * FIELDS) * Float64Array.BYTES_PER_ELEMENT);

/** Opens the memory of the last decisions. @param cast the dice that are watched */
export const openDecisions = (memory: SharedArrayBuffer, cast: Dice): Decisions => {
  const cells = new Float64Array(memory);
  const counter = new Int32Array(memory, 0, 1);
  const shown = new Float64Array(MOST_DICE);
  let casts = 0;

  const note = (noted: Noted): number => {
    const number = Atomics.add(counter, 0, 1) >>> 0;
    const at = HEAD + (number % KEPT_DECISIONS) * FIELDS;
    // Whoever reads meanwhile finds neither the old one nor half of the new one.
    cells[at] = 0;
    cells[at + 1] = noted.at;
    cells[at + 2] = noted.slot;
    cells[at + 3] = noted.snapshotAt;
    cells[at + 4] = noted.rosterAt;
    cells[at + 5] = noted.edition;
    cells[at + 6] = noted.ticket;
    cells[at + 7] =
      KINDS.indexOf(noted.kind) +
      4 * SOURCES.indexOf(noted.source) +
      32 * casts +
      256 * (noted.avoids ? 1 : 0) +
      512 * noted.way;
    cells[at + 8] = noted.snapshotSeq;
    for (let cast = 0; cast < casts; cast += 1) cells[at + FIRST_DIE + cast] = shown[cast] ?? 0;
    cells[at] = number + 1;
    return number;
  };

  const read = (number: number): NotedDecision | undefined => {
    const at = HEAD + (number % KEPT_DECISIONS) * FIELDS;
    const row = cells.slice(at, at + FIELDS);
    const field = (place: number): number => row[place] ?? 0;
    const mark = field(0);
    const small = field(7);
    // The second look: nobody wrote over it while we read.
    if (mark !== number + 1 || cells[at] !== mark) return undefined;
    return {
      number,
      at: field(1),
      kind: KINDS[small % 4] ?? 'none',
      slot: field(2),
      way: Math.floor(small / 512),
      source: SOURCES[Math.floor(small / 4) % 8] ?? 'none',
      snapshotSeq: field(8),
      snapshotAt: field(3),
      rosterAt: field(4),
      edition: field(5),
      ticket: field(6),
      avoids: Math.floor(small / 256) % 2 === 1,
      dice: Array.from(row.subarray(FIRST_DIE, FIRST_DIE + (Math.floor(small / 32) % 8))),
    };
  };

  return {
    dice: () => {
      const number = cast();
      if (casts < MOST_DICE) shown[casts++] = number;
      return number;
    },
    begin: () => {
      casts = 0;
    },
    note,
    read,
    next: () => Atomics.load(counter, 0) >>> 0,
  };
};

/** A decision's name: which run of Usher, and which decision of it. */
export const decisionId = (run: string, number: number): string => `${run}-${number.toString(36)}`;

/** The number in a decision's name; `undefined`: it is none of this run. */
export const decisionNumber = (run: string, id: string): number | undefined => {
  const prefix = `${run}-`;
  const number = id.startsWith(prefix) ? id.slice(prefix.length) : '';
  return /^(?:0|[1-9a-z][0-9a-z]{0,6})$/.test(number) ? Number.parseInt(number, 36) : undefined;
};
