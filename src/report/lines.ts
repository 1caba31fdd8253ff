/** A longer line is passed over: no server writes one. */
const LONGEST = 64 * 1_024;
const NEWLINE = 0x0a;

/** Takes bytes as they come and gives whole lines, one character a byte. */
export interface Lines {
  readonly take: (bytes: Buffer) => readonly string[];
  /** Forgets the beginning of a line. */
  readonly clear: () => void;
}

/** Starts with nothing. */
export const createLines = (): Lines => {
  let begun = '';
  let isTooLong = false;
  return {
    take: (bytes) => {
      const lines: string[] = [];
      let from = 0;
      for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, from)) {
        if (!isTooLong) lines.push(begun + bytes.toString('latin1', from, end));
        begun = '';
        isTooLong = false;
        from = end + 1;
      }
      if (!isTooLong) begun += bytes.toString('latin1', from);
      if (begun.length > LONGEST) {
        begun = '';
        isTooLong = true;
      }
      return lines;
    },
    clear: () => {
      begun = '';
      isTooLong = false;
    },
  };
};
