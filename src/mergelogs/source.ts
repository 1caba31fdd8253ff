/** What a log is read from. */
export interface Source {
  /** what people call it: a file's name, `-` for standard input */
  readonly name: string;
  /** whether it can be opened again and gives the same: a file, not a pipe */
  readonly isLasting: () => Promise<boolean>;
  /** Opens it; rejects where that cannot be. */
  readonly open: () => Promise<Reader>;
}

/** A log being read, from its beginning to its end. */
export interface Reader {
  /**
   * Puts the next bytes into a buffer.
   *
   * @returns how many; 0 at the end. Rejects where it cannot be read on; everything before was given.
   */
  readonly read: (into: Buffer, at: number, most: number) => Promise<number>;
  /** bytes taken from where it lies, compressed or not */
  readonly taken: () => number;
  /** it unpacks, and holds what that takes */
  readonly isPacked?: true;
  readonly close: () => Promise<void>;
}
