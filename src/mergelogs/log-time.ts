/** Finds the time of a log line; milliseconds since 1970, NaN where it cannot be read. */
export type ReadTime = (bytes: Buffer, from: number, to: number) => number;

/** `[10/Oct/2000:13:55:36 -0700] "`, the request's quote included. */
const LENGTH = 30;
/** How far from a line's beginning its time may stand: behind a host name and what a visitor calls himself. */
const FARTHEST = 1_024;

const BRACKET = 0x5b;
const ZERO = 0x30;

/** Three letters of a month, in lower case, as one number. */
const letters = (bytes: Buffer, at: number): number =>
  (((bytes[at] ?? 0) | 32) << 16) | (((bytes[at + 1] ?? 0) | 32) << 8) | ((bytes[at + 2] ?? 0) | 32);

const MONTHS: ReadonlyMap<number, number> = new Map(
  ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'].map((name, month) => [
    letters(Buffer.from(name), 0),
    month,
  ]),
);

/** The number that two digits make; NaN where one is none. */
const pair = (bytes: Buffer, at: number): number => {
  const tens = (bytes[at] ?? 0) - ZERO;
  const ones = (bytes[at + 1] ?? 0) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
};

const isShaped = (bytes: Buffer, at: number): boolean =>
  bytes[at + 3] === 0x2f && // /
  bytes[at + 7] === 0x2f &&
  bytes[at + 12] === 0x3a && // :
  bytes[at + 15] === 0x3a &&
  bytes[at + 18] === 0x3a &&
  bytes[at + 21] === 0x20 &&
  bytes[at + 27] === 0x5d && // ]
  bytes[at + 28] === 0x20 &&
  bytes[at + 29] === 0x22; // "

/**
 * A reader of the times of common and combined logs. It goes by the first bracket that looks like a time and has the
 * request behind it: the name that a visitor logs in with stands before and may look like a time, but cannot hold the
 * quote. One reader serves one file: it remembers the last date.
 */
export const createTimeReader = (): ReadTime => {
  let knownDay = NaN;
  let knownMonth = NaN;
  let knownYear = NaN;
  let midnight = NaN;

  const dateAt = (bytes: Buffer, at: number): number => {
    const day = pair(bytes, at + 1);
    const month = letters(bytes, at + 4);
    const year = pair(bytes, at + 8) * 100 + pair(bytes, at + 10);
    if (day === knownDay && month === knownMonth && year === knownYear) return midnight;
    const number = MONTHS.get(month);
    if (number === undefined) return NaN;
    const found = new Date(Date.UTC(year, number, day));
    // 31 February would be March, and the year 99 be 1999
    if (found.getUTCDate() !== day || found.getUTCFullYear() !== year) return NaN;
    knownDay = day;
    knownMonth = month;
    knownYear = year;
    midnight = found.getTime();
    return midnight;
  };

  const timeAt = (bytes: Buffer, at: number): number => {
    const hour = pair(bytes, at + 13);
    const minute = pair(bytes, at + 16);
    const second = pair(bytes, at + 19);
    // a leap second is the 60th
    if (!(hour < 24 && minute < 60 && second <= 60)) return NaN;
    const ahead = pair(bytes, at + 23) * 60 + pair(bytes, at + 25);
    const sign = bytes[at + 22] === 0x2b ? 1 : bytes[at + 22] === 0x2d ? -1 : NaN;
    return dateAt(bytes, at) + ((hour * 60 + minute - sign * ahead) * 60 + second) * 1_000;
  };

  return (bytes, from, to) => {
    const last = Math.min(to - LENGTH, from + FARTHEST);
    for (let at = from; at <= last; at += 1) {
      if (bytes[at] === BRACKET && isShaped(bytes, at)) return timeAt(bytes, at);
    }
    return NaN;
  };
};
