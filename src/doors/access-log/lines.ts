/** Whole lines that wait, as bytes. */
export interface Lines {
  /** Adds a line of Latin-1 characters, its newline included. */
  readonly add: (line: string) => void;
  readonly bytes: () => number;
  /** Takes the oldest: as many as make no more than `most` bytes, at least one. */
  readonly take: (most: number) => Buffer<ArrayBuffer>;
}

/** Room for a batch and what comes while it is written; more is let go of as soon as nothing waits. */
const USUAL_BYTES = 128 * 1024;
const NEWLINE = 0x0a;

/**
 * Keeps lines as bytes: a text that is put together of parts of a request would keep the whole request in memory for as
 * long as it waits.
 */
export const createLines = (): Lines => {
  let room = Buffer.allocUnsafeSlow(USUAL_BYTES);
  let begin = 0;
  let end = 0;
  const makeRoom = (bytes: number): void => {
    const next = end - begin + bytes > room.length ? Buffer.allocUnsafeSlow(2 * (end - begin + bytes)) : room;
    room.copy(next, 0, begin, end);
    room = next;
    end -= begin;
    begin = 0;
  };
  return {
    add: (line) => {
      if (end + line.length > room.length) makeRoom(line.length);
      end += room.write(line, end, 'latin1');
    },
    bytes: () => end - begin,
    take: (most) => {
      const last = Math.min(end, begin + most);
      // a place before the first byte would be counted from the end
      const fits = last > 0 ? room.lastIndexOf(NEWLINE, last - 1) + 1 : 0;
      const cut = Math.min(end, fits > begin ? fits : room.indexOf(NEWLINE, begin) + 1);
      const taken = Buffer.from(room.subarray(begin, cut));
      begin = cut;
      if (begin === end) {
        begin = 0;
        end = 0;
        if (room.length > USUAL_BYTES) room = Buffer.allocUnsafeSlow(USUAL_BYTES);
      }
      return taken;
    },
  };
};
