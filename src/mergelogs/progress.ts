import type { Clock } from '../model/clock.ts';

/** What takes less is over before anybody wonders. */
const WONDER_MS = 2_000;
const REFRESH_MS = 250;

/** A line on a terminal that says how far the reading of logs is. */
export interface Progress {
  /** @param taken bytes of the logs that have been read */
  readonly show: (taken: number) => void;
  /** Wipes the line away. */
  readonly clear: () => void;
}

export interface ProgressOptions {
  readonly write: (text: string) => void;
  readonly clock: Clock;
  /** bytes of all logs; absent where that cannot be known */
  readonly total?: number;
  /** what has been done, such as `12 requests`; absent: how many bytes were read, and how fast */
  readonly done?: () => string;
}

/** Shows progress once the reading takes more than two seconds, four times a second. */
export const createProgress = ({ write, clock, total = 0, done }: ProgressOptions): Progress => {
  const startedAt = clock.now();
  let nextAt = startedAt + WONDER_MS;
  let isShown = false;
  return {
    show: (taken) => {
      const now = clock.now();
      if (now < nextAt) return;
      nextAt = now + REFRESH_MS;
      isShown = true;
      const share = total === 0 ? '' : `, ${Math.floor((100 * taken) / total)} %`;
      const speed = Math.round(taken / 1e3 / (now - startedAt));
      const read = `${Math.round(taken / 1e6)} MB read${share}, ${speed} MB/s`;
      write(`\r\x1b[K${done === undefined ? read : done() + share}`);
    },
    clear: () => {
      if (isShown) write('\r\x1b[K');
    },
  };
};
