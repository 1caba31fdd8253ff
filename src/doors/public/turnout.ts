/** How many connections are open and promised, over all threads and listeners of the public door: memory that all threads share. */
export interface Turnout {
  /** Notes how many this thread has. */
  readonly note: (thread: number, open: number) => void;
  /** How many all threads have. */
  readonly total: () => number;
  /**
   * Promises a thread as many connections as it wants, or else what the others leave it of `most`, but no fewer than it had
   * been promised; says how many. All promises together never pass `most`.
   */
  readonly promise: (thread: number, wanted: number, most: number) => number;
  /** A thread is no more, and neither are its connections. */
  readonly leave: (thread: number) => void;
}

/** The memory for so many threads, nobody there. */
export const allocateTurnout = (threads: number): SharedArrayBuffer =>
  new SharedArrayBuffer(2 * threads * Int32Array.BYTES_PER_ELEMENT);

/** Opens that memory. */
export const openTurnout = (memory: SharedArrayBuffer): Turnout => {
  const threads = memory.byteLength / (2 * Int32Array.BYTES_PER_ELEMENT);
  const open = new Int32Array(memory, 0, threads);
  const promised = new Int32Array(memory, open.byteLength, threads);
  return {
    note: (thread, count) => {
      Atomics.store(open, thread, count);
    },
    total: () => sumOf(open),
    promise: (thread, wanted, most) => {
      const before = Atomics.load(promised, thread);
      // Say it first, then look: of two that want more at once, the later one sees the other, and nobody needs a lock that
      // a dying thread would keep.
      Atomics.store(promised, thread, wanted);
      if (wanted <= before) return wanted;
      const others = sumOf(promised) - wanted;
      const got = Math.max(before, Math.min(wanted, most - others));
      Atomics.store(promised, thread, got);
      return got;
    },
    leave: (thread) => {
      Atomics.store(open, thread, 0);
      Atomics.store(promised, thread, 0);
    },
  };
};

const sumOf = (cells: Int32Array): number => {
  let sum = 0;
  for (let at = 0; at < cells.length; at += 1) sum += Atomics.load(cells, at);
  return sum;
};
