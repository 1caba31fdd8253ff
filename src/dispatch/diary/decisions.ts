import type { Instant } from '../../model/clock.ts';
import type { Place } from '../../model/place.ts';
import type { NearnessView } from '../../model/policy.ts';
import type { Source } from '../../model/pool.ts';
import { NOTED_CASTS, type Seen } from './witness.ts';

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
  /** which of the rosters it was: visitors from inside, and of one family of addresses, may have their own */
  readonly whose: number;
  /** which settings were in force */
  readonly edition: number;
  /** -1: none was drawn */
  readonly ticket: number;
  /** rows of the ledger of those whom the visitor avoids; -1: one that is on no list */
  readonly avoid: readonly number[];
}

/** What the policy saw, and the networks' measurements that it looked into. */
export interface NotedSeen {
  readonly seen: Seen;
  readonly near: NearnessView | undefined;
}

/** A decision as it is read again. */
export interface NotedDecision extends Noted {
  /** counts all decisions of this run, from 0 */
  readonly number: number;
  /** what the dice showed, in turn; the first four */
  readonly dice: readonly number[];
  /** what the visit was known by, as a number; absent: nobody asked */
  readonly print?: number;
  /** where the visitor was; absent: nobody asked, or nobody knew */
  readonly from?: Place;
  /** what his network had measured; absent: nobody asked, or nothing */
  readonly near?: readonly { readonly slot: number; readonly ms: number }[];
}

/** The last decisions of all door threads, in memory of a fixed size. */
export interface Decisions {
  /** Notes a decision, and what its policy saw; returns its number. */
  readonly note: (noted: Noted, witnessed?: NotedSeen) => number;
  /** `undefined`: it is not there any more, or was never made */
  readonly read: (number: number) => NotedDecision | undefined;
  /** the number that the next one gets */
  readonly next: () => number;
}

/** How many are kept; a power of two, so that a counter of 32 bits may run over. At least the last 10,000. */
export const KEPT_DECISIONS = 16_384;

const SOURCES: readonly Source[] = ['none', 'live', 'cached', 'own', 'memory'];
const KINDS = ['kept', 'chosen', 'none'] as const;

/** In 64-bit floats: [number + 1][at][slot][snapshot: at][roster][edition][ticket][the small ones][snapshot: seq][dice]. */
const FIRST_DIE = 9;
const FIELDS = FIRST_DIE + NOTED_CASTS;
/** The counter comes first. */
const HEAD = 1;

/** A visitor avoids no more than four. */
const MOST_AVOIDED = 4;
/** A network knows no more than six; two are for later. */
const MOST_NEAR = 8;
/** Behind these come the rare ones: [print][from: 2][avoided][slots of the near][their milliseconds]. */
const RARE = HEAD + KEPT_DECISIONS * FIELDS;
const FROM = 1;
const AVOIDED = FROM + 2;
const NEAR = AVOIDED + MOST_AVOIDED;
const RARE_FIELDS = NEAR + 2 * MOST_NEAR;

/** The shared memory of the last decisions: 4.7 MB, of which only what is written takes room, mostly 1.7. */
export const allocateDecisions = (): SharedArrayBuffer =>
  new SharedArrayBuffer((RARE + KEPT_DECISIONS * RARE_FIELDS) * Float64Array.BYTES_PER_ELEMENT);

/** Opens the memory of the last decisions. */
export const openDecisions = (memory: SharedArrayBuffer): Decisions => {
  const cells = new Float64Array(memory);
  const counter = new Int32Array(memory, 0, 1);

  /** The measurements of a network; returns how many. */
  const noteNear = (near: NearnessView, row: number, first: number): number => {
    let count = 0;
    for (let place = 0; place < near.places && count < MOST_NEAR; place += 1) {
      const slot = near.slotAt(row, place);
      if (slot < 0) continue;
      cells[first + count] = slot;
      cells[first + MOST_NEAR + count] = near.msAt(row, place);
      count += 1;
    }
    return count;
  };

  const note = (noted: Noted, witnessed?: NotedSeen): number => {
    const number = Atomics.add(counter, 0, 1) >>> 0;
    const row = number % KEPT_DECISIONS;
    const at = HEAD + row * FIELDS;
    const rare = RARE + row * RARE_FIELDS;
    // Whoever reads meanwhile finds neither the old one nor half of the new one.
    cells[at] = 0;
    cells[at + 1] = noted.at;
    cells[at + 2] = noted.slot;
    cells[at + 3] = noted.snapshotAt;
    cells[at + 4] = noted.rosterAt;
    cells[at + 5] = noted.edition;
    cells[at + 6] = noted.ticket;
    cells[at + 8] = noted.snapshotSeq;

    const { avoid } = noted;
    const avoided = Math.min(avoid.length, MOST_AVOIDED);
    for (let nth = 0; nth < avoided; nth += 1) cells[rare + AVOIDED + nth] = avoid[nth] ?? -1;
    let casts = 0;
    let told = 0;
    let near = 0;
    if (witnessed !== undefined) {
      const { seen } = witnessed;
      casts = Math.min(seen.casts, NOTED_CASTS);
      for (let cast = 0; cast < casts; cast += 1) cells[at + FIRST_DIE + cast] = seen.shown[cast] ?? 0;
      if (!Number.isNaN(seen.print)) {
        cells[rare] = seen.print;
        told += 1;
      }
      if (seen.from !== undefined) {
        cells[rare + FROM] = seen.from[0];
        cells[rare + FROM + 1] = seen.from[1];
        told += 2;
      }
      if (seen.row !== -1 && witnessed.near !== undefined)
        near = noteNear(witnessed.near, seen.row, rare + NEAR);
    }
    const what = KINDS.indexOf(noted.kind) + 4 * SOURCES.indexOf(noted.source);
    const rest = casts + 8 * (noted.whose + 8 * (avoided + 8 * (told + 4 * (near + 16 * noted.way))));
    cells[at + 7] = what + 32 * rest;
    cells[at] = number + 1;
    return number;
  };

  const read = (number: number): NotedDecision | undefined => {
    const place = number % KEPT_DECISIONS;
    const at = HEAD + place * FIELDS;
    const row = cells.slice(at, at + FIELDS);
    const rare = cells.slice(RARE + place * RARE_FIELDS, RARE + (place + 1) * RARE_FIELDS);
    const field = (nth: number): number => row[nth] ?? 0;
    const mark = field(0);
    // The second look: nobody wrote over it while we read.
    if (mark !== number + 1 || cells[at] !== mark) return undefined;
    const digit = digitsOf(field(7));
    const kind = KINDS[digit(4)] ?? 'none';
    const source = SOURCES[digit(8)] ?? 'none';
    const casts = digit(8);
    const whose = digit(8);
    const avoided = digit(8);
    const isPrinted = digit(2) === 1;
    const isPlaced = digit(2) === 1;
    const near = digit(16);
    return {
      ...{ number, kind, source, whose },
      at: field(1),
      slot: field(2),
      way: digit(Infinity),
      snapshotSeq: field(8),
      snapshotAt: field(3),
      rosterAt: field(4),
      edition: field(5),
      ticket: field(6),
      dice: Array.from(row.subarray(FIRST_DIE, FIRST_DIE + casts)),
      avoid: Array.from(rare.subarray(AVOIDED, AVOIDED + avoided)),
      ...(isPrinted ? { print: rare[0] ?? 0 } : {}),
      ...(isPlaced ? { from: [rare[FROM] ?? 0, rare[FROM + 1] ?? 0] } : {}),
      ...(near === 0 ? {} : { near: nearIn(rare.subarray(NEAR), near) }),
    };
  };

  return { note, read, next: () => Atomics.load(counter, 0) >>> 0 };
};

const nearIn = (fields: Float64Array, count: number): NonNullable<NotedDecision['near']> =>
  Array.from(fields.subarray(0, count), (slot, nth) => ({ slot, ms: fields[MOST_NEAR + nth] ?? 0 }));

/** The digits of a number that was put together of small ones, the lowest first, each with its own base. */
const digitsOf = (number: number): ((base: number) => number) => {
  let rest = number;
  return (base) => {
    const digit = base === Infinity ? rest : rest % base;
    rest = Math.floor(rest / base);
    return digit;
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
