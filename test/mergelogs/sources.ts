import { createOutlet } from '../../src/mergelogs/outlet.ts';
import type { LaneSize } from '../../src/mergelogs/lane.ts';
import { mergeLogs } from '../../src/mergelogs/merge.ts';
import type { Crowd } from '../../src/mergelogs/crowd.ts';
import type { MergeCount } from '../../src/mergelogs/counts.ts';
import type { Source } from '../../src/mergelogs/source.ts';

/** A log that lies in memory and is read in pieces of at most this many bytes; then it may break. */
export const memorySource = (
  name: string,
  log: Buffer | string,
  { piece = 100, breaks }: { readonly piece?: number; readonly breaks?: Error } = {},
): Source => {
  const bytes = Buffer.from(log);
  return {
    name,
    isLasting: () => Promise.resolve(true),
    open: async () => {
      let taken = 0;
      return {
        read: async (into, at, most) => {
          const read = bytes.copy(into, at, taken, taken + Math.min(most, piece));
          if (read === 0 && breaks !== undefined) throw breaks;
          taken += read;
          return read;
        },
        taken: () => taken,
        close: async () => undefined,
      };
    },
  };
};

/** So small that every boundary is met within a few lines; a line is about 60 bytes. */
export const SMALL: LaneSize = { bytes: 8_192, lines: 8, window: 1_024, longest: 1_024 };

interface More {
  readonly size?: LaneSize;
  readonly keepsUnread?: boolean;
  readonly crowd?: Crowd;
}

/** Merges, and gives what was written as text of one character a byte. */
export const merged = async (
  sources: readonly Source[],
  { size = SMALL, keepsUnread = false, crowd }: More = {},
): Promise<{ readonly text: string; readonly count: MergeCount }> => {
  const written: Buffer[] = [];
  const outlet = createOutlet(async (bytes) => void written.push(Buffer.from(bytes)), size.longest);
  const count = await mergeLogs({
    ...{ sources, outlet, size, keepsUnread },
    ...(crowd === undefined ? {} : { crowd }),
  });
  return { text: Buffer.concat(written).toString('latin1'), count };
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const two = (number: number): string => String(number).padStart(2, '0');

/** `10/Oct/2000:13:55:36 -0700` of so many seconds since 1970, as a clock shows them that is so many minutes ahead of UTC. */
export const logTime = (seconds: number, aheadMinutes = 0): string => {
  const date = new Date((seconds + aheadMinutes * 60) * 1_000);
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${String(date.getUTCFullYear()).padStart(4, '0')}`;
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  const ahead = Math.abs(aheadMinutes);
  return `${day}:${time} ${aheadMinutes < 0 ? '-' : '+'}${two(Math.floor(ahead / 60))}${two(ahead % 60)}`;
};

/** A line of the common format, without its newline. */
export const logLine = (seconds: number, what: string): string =>
  `192.0.2.1 - - [${logTime(seconds)}] "GET /${what} HTTP/1.1" 200 5`;
