/** Where merged lines go. */
export interface Outlet {
  /**
   * Takes a line, its newline included; what it lies in may change after that.
   *
   * @returns false when `flush` has to be waited for before the next
   */
  readonly put: (bytes: Buffer, from: number, to: number) => boolean;
  /** Writes what was taken. */
  readonly flush: () => Promise<void>;
}

/** Writes bytes; they may change once it is done. */
export type Write = (bytes: Buffer) => Promise<void>;

/** So much is written at once. */
const BLOCK = 256 * 1_024;

/** Collects lines into blocks and writes these. */
export const createOutlet = (write: Write, longest: number): Outlet => {
  const block = Buffer.allocUnsafeSlow(BLOCK + longest);
  let end = 0;
  return {
    put: (bytes, from, to) => {
      bytes.copy(block, end, from, to);
      end += to - from;
      return end < BLOCK;
    },
    flush: async () => {
      if (end > 0) await write(block.subarray(0, end));
      end = 0;
    },
  };
};
