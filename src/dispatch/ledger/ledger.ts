import type { Instant } from '../../model/clock.ts';
import type { Chosen } from '../../model/decision.ts';
import type { FadingCounts, LedgerView } from '../../model/policy.ts';
import {
  clearFading,
  countVisitor,
  fadingLength,
  joinFading,
  moveVisitor,
  openFading,
} from '../../policies/balance/fading.ts';
import { DECISION_ROWS, DECISION_SUM } from '../diary/decision-rows.ts';
import { KINDS, REASON_ROWS, reasonRow, REASONS } from './reasons.ts';

/** How many threads write into one ledger, and how many secondaries it has rows for. */
export interface LedgerShape {
  readonly threads: number;
  readonly slots: number;
}

/** A visitor who went elsewhere than he was sent. */
interface Moved {
  readonly from: number;
  readonly to: number;
  /** when he was sent */
  readonly since: Instant;
}

/** Errors of ours that are counted. */
export const REFUSALS: readonly string[] = ['400', '405', '408', '421', '426', '431'];

/** What is counted beside the visitors of each secondary: answers of other kinds. */
const COUNTED = [
  ...['none', 'local', 'other', ...REFUSALS, 'dropped', 'receipt', 'receipt-refused'],
  ...['relay', 'relay-full', 'relay-bytes'],
  ...DECISION_ROWS,
  DECISION_SUM,
] as const;

const rowOf: ReadonlyMap<string, number> = new Map(COUNTED.map((what, row) => [what, row]));

/** A cookie that another replaces. */
interface OldCookie {
  readonly slot: number;
  readonly givenAt: Instant;
}

/**
 * Whom we sent where: one block of shared memory for all door threads of the process, no lock. Each thread writes only
 * its own rows, readers add them up; marks are the main thread's, which also clears a slot that is taken over, in all
 * rows: whoever is counted there in that very moment may be lost, or stay. Counts are exact up to 2^53.
 *
 * The fading counts hold new choices only. Whoever goes back to his secondary was not sent there by this choice, and
 * may come back a hundred times a second: he shall not make it look full. What those who come back do is in the reports,
 * and where they tell sessions every choice stands for as many of these as there are (`Outlook.perVisitor`).
 *
 * Layout, in 64-bit floats: [marks: a row] [marked at: a row] [cleared at: a row] then for each thread
 * [visits][of each slot: chosen, kept, moved, given, replaced, and by kind and reason][COUNTED][fading counts]. What one
 * visit counts of its slot lies together: of ten thousand slots nearly every one is cold.
 */
export interface Ledger extends LedgerView {
  readonly fading: readonly FadingCounts[];
  /** Counts a visitor sent to the slot by a new choice. */
  readonly choose: (slot: number, now: Instant) => void;
  /** A visitor who was sent to one slot went to another: policies count him there. The totals stay as they are. */
  readonly move: (moved: Moved, now: Instant) => void;
  /** Counts a visitor who went back to the slot he had. */
  readonly keep: (slot: number) => void;
  /** Counts by what word a visitor was sent to the slot, beside `choose` or `keep`. */
  readonly because: (slot: number, kind: Chosen['kind'], reason: string) => void;
  /** Counts a cookie that binds its visitor to the slot. */
  readonly give: (slot: number) => void;
  /** A cookie was replaced by another. One that was given before the slot was taken over is not counted. */
  readonly replace: (old: OldCookie) => void;
  /** how many were sent to any slot, over all threads; not those of a ledger before */
  readonly visits: () => number;
  /** Counts one of `COUNTED`; anything else is not counted. */
  readonly count: (what: string) => void;
  /** Adds to one of `COUNTED`. */
  readonly add: (what: string, amount: number) => void;
  /** A load report of the slot arrived: what was sent before it is in the report. */
  readonly mark: (slot: number, now: Instant) => void;
  /** A new secondary takes over the slot: its counts begin at 0, and whoever was sent to the one before stays with that. */
  readonly clear: (slot: number, now: Instant) => void;
  /**
   * Takes over the counts and marks of a smaller ledger. The few visits that other threads count in the smaller one while
   * the larger is on its way to them are lost.
   */
  readonly copy: (from: Ledger, slots: number) => void;
  readonly chosen: (slot: number) => number;
  readonly kept: (slot: number) => number;
  /** those who were sent to the slot by a word of `REASONS` */
  readonly sentFor: (slot: number, kind: Chosen['kind'], reason: string) => number;
  /** cookies that name the slot */
  readonly given: (slot: number) => number;
  /** of them, those that were replaced by others */
  readonly replaced: (slot: number) => number;
  readonly counted: (what: string) => number;
  /** when the slot's last report arrived, or a new secondary took it over */
  readonly markedAt: (slot: number) => Instant;
  /** when a new secondary took the slot over */
  readonly clearedAt: (slot: number) => Instant;
}

/** Where the numbers of a thread begin: after its number of visits. */
const NUMBERS = 1;

/** Where in the numbers of a slot each is. */
const CHOSEN = 0;
const KEPT = 1;
const MOVED = 2;
const GIVEN = 3;
const REPLACED = 4;
const REASONED = 5;
/** So many each slot has. */
const WIDTH = REASONED + REASON_ROWS;

const strideOf = (slots: number): number => NUMBERS + WIDTH * slots + COUNTED.length + fadingLength(slots);

const lengthOf = ({ threads, slots }: LedgerShape): number => 3 * slots + threads * strideOf(slots);

/** The shared memory of a ledger of that shape, all zero. */
export const allocateLedger = (shape: LedgerShape): SharedArrayBuffer =>
  new SharedArrayBuffer(lengthOf(shape) * Float64Array.BYTES_PER_ELEMENT);

/**
 * Opens a ledger's memory.
 *
 * @param thread whose rows this one writes: 0 up to `threads` - 1
 */
export const openLedger = (memory: SharedArrayBuffer, shape: LedgerShape, thread: number): Ledger => {
  const { threads, slots } = shape;
  const cells = new Float64Array(memory);
  const stride = strideOf(slots);
  const markedAt = slots;
  const clearedAt = 2 * slots;
  const firstVisits = 3 * slots;
  const first = firstVisits + NUMBERS;
  const mine = first + thread * stride;
  const counted = WIDTH * slots;
  const myVisits = firstVisits + thread * stride;
  const fading = Array.from({ length: threads }, (_, of) =>
    openFading(cells, first + of * stride + counted + COUNTED.length, slots),
  );
  const myFading = fading[thread];
  if (myFading === undefined) throw new RangeError(`a ledger of ${threads} threads has no thread ${thread}`);

  const sum = (offset: number): number => {
    let total = 0;
    for (let at = first + offset; at < cells.length; at += stride) total += cells[at] ?? 0;
    return total;
  };
  const of = (slot: number, number: number): number => sum(slot * WIDTH + number);
  /** Those who were sent to the slot, less those who went elsewhere, and those who came to it instead. */
  const sent = (slot: number): number => of(slot, CHOSEN) + of(slot, MOVED);
  const add = (at: number, by: number): void => {
    cells[at] = (cells[at] ?? 0) + by;
  };
  const addTo = (slot: number, number: number, by: number): void => {
    add(mine + slot * WIDTH + number, by);
  };

  return {
    fading,
    choose: (slot, now) => {
      add(myVisits, 1);
      addTo(slot, CHOSEN, 1);
      countVisitor(myFading, slot, now);
    },
    move: ({ from, to, since }, now) => {
      // a report that came since has settled where he is
      if (since > (cells[markedAt + from] ?? 0)) addTo(from, MOVED, -1);
      if (since > (cells[markedAt + to] ?? 0)) addTo(to, MOVED, 1);
      if (since < (cells[clearedAt + from] ?? 0) || since < (cells[clearedAt + to] ?? 0)) return;
      moveVisitor(myFading, { from, to, since }, now);
    },
    keep: (slot) => {
      add(myVisits, 1);
      addTo(slot, KEPT, 1);
    },
    because: (slot, kind, reason) => {
      const row = reasonRow(kind, reason);
      if (row !== -1) addTo(slot, REASONED + row, 1);
    },
    give: (slot) => {
      addTo(slot, GIVEN, 1);
    },
    replace: ({ slot, givenAt }) => {
      if (givenAt >= (cells[clearedAt + slot] ?? 0)) addTo(slot, REPLACED, 1);
    },
    visits: () => sum(-NUMBERS),
    count: (what) => {
      const row = rowOf.get(what);
      if (row !== undefined) add(mine + counted + row, 1);
    },
    add: (what, amount) => {
      const row = rowOf.get(what);
      if (row !== undefined) add(mine + counted + row, amount);
    },
    mark: (slot, now) => {
      cells[markedAt + slot] = now;
      cells[slot] = sent(slot);
    },
    clear: (slot, now) => {
      cells[slot] = 0;
      cells[markedAt + slot] = now;
      cells[clearedAt + slot] = now;
      for (let at = 0; at < threads; at += 1) {
        const theirs = first + at * stride + slot * WIDTH;
        cells.fill(0, theirs, theirs + WIDTH);
      }
      for (const counts of fading) clearFading(counts, slot);
    },
    copy: (from, count) => {
      for (let slot = 0; slot < count; slot += 1) {
        addTo(slot, CHOSEN, from.chosen(slot));
        addTo(slot, KEPT, from.kept(slot));
        addTo(slot, GIVEN, from.given(slot));
        addTo(slot, REPLACED, from.replaced(slot));
        for (const kind of KINDS) {
          for (const reason of REASONS) {
            addTo(slot, REASONED + reasonRow(kind, reason), from.sentFor(slot, kind, reason));
          }
        }
        cells[slot] = from.chosen(slot) - from.since(slot);
        cells[markedAt + slot] = from.markedAt(slot);
        cells[clearedAt + slot] = from.clearedAt(slot);
      }
      COUNTED.forEach((what, row) => {
        add(mine + counted + row, from.counted(what));
      });
      joinFading(myFading, from.fading);
    },
    markedAt: (slot) => cells[markedAt + slot] ?? 0,
    clearedAt: (slot) => cells[clearedAt + slot] ?? 0,
    since: (slot) => sent(slot) - (cells[slot] ?? 0),
    chosen: (slot) => of(slot, CHOSEN),
    kept: (slot) => of(slot, KEPT),
    sentFor: (slot, kind, reason) => {
      const row = reasonRow(kind, reason);
      return row === -1 ? 0 : of(slot, REASONED + row);
    },
    given: (slot) => of(slot, GIVEN),
    replaced: (slot) => of(slot, REPLACED),
    counted: (what) => {
      const row = rowOf.get(what);
      return row === undefined ? 0 : sum(counted + row);
    },
  };
};
