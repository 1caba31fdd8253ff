/** What was found in one file. */
export interface FileCount {
  readonly file: string;
  /** all of them, also those that were left out */
  lines: number;
  /** lines whose time cannot be read */
  unread: number;
  /** number of the first of them, counted from 1 */
  firstUnread?: number;
  /** lines longer than any can be: left out */
  tooLong: number;
  firstTooLong?: number;
  /** lines that stand too far behind their time to be put right: they come where they were found */
  late: number;
  /** why the file could not be read, or not to its end */
  error?: string;
}

/** What a merge did. */
export interface MergeCount {
  readonly files: readonly FileCount[];
  /** lines that were written */
  lines: number;
  /** bytes that were written */
  bytes: number;
}
