import type { LedgerView } from '../model/policy.ts';

/** How many threads write into one ledger, and how many secondaries it has rows for. */
export interface LedgerShape {
  readonly threads: number;
  readonly slots: number;
}

/** What is counted beside the visitors of each secondary: answers of other kinds, and choices by their reason. */
export const COUNTED = [
  ...['none', 'local', '400', '405', '421', '426', 'dropped', 'waited'],
  ...[
    'anyone',
    'random',
    'round-robin',
    'first',
    'least-connections',
    'two-choices',
    'balance',
    'hash',
    'nearest',
  ],
] as const;

const rowOf: ReadonlyMap<string, number> = new Map(COUNTED.map((what, row) => [what, row]));

/**
 * Whom we sent where: one block of shared memory for all door threads of the process, no lock. Each thread writes only
 * its own rows, readers add them up. Counts are exact up to 2^53.
 *
 * Layout, in 64-bit floats: [ticket (as int32)] [marks: a row] then for each thread [chosen: a row][kept: a row][COUNTED].
 */
export interface Ledger extends LedgerView {
  /** Counts a visitor sent to the slot by a new choice. */
  readonly choose: (slot: number) => void;
  /** Counts a visitor who went back to the slot he had. */
  readonly keep: (slot: number) => void;
  /** Counts one of `COUNTED`; anything else is not counted. */
  readonly count: (what: string) => void;
  /** The next ticket: 0, 1, 2 … over all threads. */
  readonly ticket: () => number;
  /** A load report of the slot arrived: what was sent before it is in the report. */
  readonly mark: (slot: number) => void;
  /** A new secondary takes over the slot: its counts begin at 0. */
  readonly clear: (slot: number) => void;
  /** Takes over the counts of a smaller ledger. */
  readonly copy: (from: Ledger, slots: number) => void;
  readonly chosen: (slot: number) => number;
  readonly kept: (slot: number) => number;
  readonly counted: (what: string) => number;
}

const HEAD = 1;

const lengthOf = ({ threads, slots }: LedgerShape): number =>
  HEAD + slots + threads * (2 * slots + COUNTED.length);

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
  const tickets = new Int32Array(memory, 0, 2);
  const stride = 2 * slots + COUNTED.length;
  const first = HEAD + slots;
  const mine = first + thread * stride;

  const sum = (offset: number): number => {
    let total = 0;
    for (let at = first + offset; at < cells.length; at += stride) total += cells[at] ?? 0;
    return total;
  };
  const add = (at: number, by: number): void => {
    cells[at] = (cells[at] ?? 0) + by;
  };

  return {
    choose: (slot) => {
      add(mine + slot, 1);
    },
    keep: (slot) => {
      add(mine + slots + slot, 1);
    },
    count: (what) => {
      const row = rowOf.get(what);
      if (row !== undefined) add(mine + 2 * slots + row, 1);
    },
    ticket: () => Atomics.add(tickets, 0, 1) >>> 0,
    mark: (slot) => {
      cells[HEAD + slot] = sum(slot);
    },
    clear: (slot) => {
      cells[HEAD + slot] = 0;
      for (let of = 0; of < threads; of += 1) {
        cells[first + of * stride + slot] = 0;
        cells[first + of * stride + slots + slot] = 0;
      }
    },
    copy: (from, count) => {
      for (let slot = 0; slot < count; slot += 1) {
        add(mine + slot, from.chosen(slot));
        add(mine + slots + slot, from.kept(slot));
        cells[HEAD + slot] = from.chosen(slot) - from.since(slot);
      }
      COUNTED.forEach((what, row) => {
        add(mine + 2 * slots + row, from.counted(what));
      });
    },
    since: (slot) => sum(slot) - (cells[HEAD + slot] ?? 0),
    chosen: (slot) => sum(slot),
    kept: (slot) => sum(slots + slot),
    counted: (what) => {
      const row = rowOf.get(what);
      return row === undefined ? 0 : sum(2 * slots + row);
    },
  };
};
