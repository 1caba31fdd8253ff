import type { Journal } from '../../journal.ts';
import type { AccessFacts } from './access-facts.ts';
import { lineFormat } from './access-line.ts';
import { ActionableError } from '../../errors.ts';
import { appendFile, appendTrouble, standardOutput } from './append-file.ts';
import { createLines } from './lines.ts';

/** Who came, and where he was sent; one line an answer. */
export interface AccessLog {
  /** Takes a line to be written soon; never waits, never throws. */
  readonly write: (facts: AccessFacts) => void;
  /** Goes on in a new file of the same name, after the old one was moved away. */
  readonly reopen: () => void;
  /** Writes what is waiting, for at most `ACCESS_LOG_CLOSE_MS`, and closes the file. */
  readonly close: () => Promise<void>;
}

export interface AccessLogOptions {
  /** `-`: standard output */
  readonly path: string;
  readonly journal: Journal;
}

/** Lines are written together: after this time, or as soon as there are so many bytes. */
const SOON_MS = 100;
const BATCH_BYTES = 64 * 1024;
/** How long to wait for the reader of a pipe that takes some of it at a time. */
const PIPE_MS = 20;
/** How long to wait before a file that failed is tried again. */
const AGAIN_MS = 1_000;
/** What may wait for a disk that fails or hangs; further lines are lost. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;
/** How long closing may take. */
export const ACCESS_LOG_CLOSE_MS = 2_000;
const NEWLINE = 0x0a;
const NOTHING = Buffer.alloc(0);

/**
 * Refuses to start where nothing could be written from the beginning.
 *
 * @throws ActionableError with the reason
 */
export const mustBeWritable = async (path: string): Promise<void> => {
  const because = path === '-' ? undefined : await appendTrouble(path);
  if (because === undefined) return;
  throw new ActionableError(
    `The access log ${path} cannot be written: ${because}.`,
    'Name a file under "accessLog" that this user may write, in a folder that is there; or false for none.',
  );
};

/**
 * Opens an access log that several threads may write to one file: whole lines, appended. While the file cannot be
 * written, some lines wait, the rest is counted as lost; the operator is told once when it begins and once when it ends.
 */
export const createAccessLog = ({ path, journal }: AccessLogOptions): AccessLog => {
  const file = path === '-' ? standardOutput() : appendFile(path);
  const lines = createLines();
  const formatLine = lineFormat();
  let rest = NOTHING; // of a piece that did not get there
  let lost = 0;
  let lostBefore: number | undefined; // since it fails
  let isMoving = false; // the last try got some of it there, though not all
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> | undefined;
  let closing: Promise<void> | undefined;

  const complain = (because: string): void => {
    if (lostBefore !== undefined) return;
    lostBefore = lost;
    journal({ type: 'access-log-failed', file: path, because });
  };
  const reopen = async (): Promise<void> => {
    const opened = await file.reopen();
    if (opened.ok) return;
    complain(opened.because);
    flushSoon();
  };
  const recover = (): void => {
    if (lostBefore === undefined) return;
    journal({ type: 'access-log-recovered', file: path, lost: lost - lostBefore });
    lostBefore = undefined;
  };

  /** Writes what waited when it was called; says whether all of it got there, or the file could be opened for nothing. */
  const writeWaiting = async (): Promise<boolean> => {
    if (lines.bytes() + rest.length === 0) return (await file.write(NOTHING)).ok;
    isMoving = false;
    for (let due = lines.bytes(); rest.length > 0 || due > 0;) {
      if (rest.length === 0) {
        rest = lines.take(Math.min(due, file.pieceBytes));
        due -= rest.length;
      }
      const piece = rest;
      let done = 0;
      while (done < piece.length) {
        const written = await file.write(piece.subarray(done));
        if (!written.ok) {
          rest = fromBrokenLine(piece, done);
          if (!written.isBusy) complain(written.because);
          return false;
        }
        done += written.bytes;
        isMoving = true;
      }
      rest = NOTHING;
    }
    isMoving = false;
    return true;
  };

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (await writeWaiting()) recover();
    flushing = undefined;
    if (closing === undefined && (rest.length + lines.bytes() > 0 || lostBefore !== undefined)) flushSoon();
  };
  const flushNow = (): void => {
    flushing ??= flush();
  };
  const flushSoon = (): void => {
    const againMs = lostBefore === undefined ? SOON_MS : AGAIN_MS;
    timer ??= setTimeout(flushNow, isMoving ? PIPE_MS : againMs);
  };

  const closeAll = async (): Promise<void> => {
    clearTimeout(timer);
    await flushing;
    await flush();
    await file.close();
  };

  void reopen();
  return {
    write: (facts) => {
      if (closing !== undefined) return;
      const line = formatLine(facts);
      if (rest.length + lines.bytes() + line.length > MOST_WAITING_BYTES) {
        complain('lines come faster than they are written');
        lost += 1;
        return;
      }
      lines.add(line);
      if (flushing !== undefined) return; // it sees to what came meanwhile
      if (lines.bytes() >= BATCH_BYTES && lostBefore === undefined) flushNow();
      else flushSoon();
    },
    reopen: () => {
      void reopen();
    },
    close: () => {
      closing ??= withinMs(ACCESS_LOG_CLOSE_MS, closeAll()).then(() => {
        const left = linesIn(lines.take(lines.bytes())) + linesIn(rest);
        const missing = left + (lostBefore === undefined ? 0 : lost - lostBefore);
        if (missing > 0) journal({ type: 'access-log-closed', file: path, lost: missing });
      });
      return closing;
    },
  };
};

/**
 * What is left of a piece of which only some bytes got there: from the beginning of the broken line on, on a line of its
 * own, because another thread's may have come behind the fragment.
 */
const fromBrokenLine = (piece: Buffer<ArrayBuffer>, done: number): Buffer<ArrayBuffer> => {
  if (done === 0) return piece;
  if (piece[done - 1] === NEWLINE) return piece.subarray(done);
  const begin = piece.lastIndexOf(NEWLINE, done - 1) + 1;
  return Buffer.concat([Buffer.of(NEWLINE), piece.subarray(begin)]);
};

/** Every line ends in a newline; one at the very beginning ends a fragment. */
const linesIn = (piece: Buffer): number =>
  piece.reduce((count, byte, at) => (byte === NEWLINE && at > 0 ? count + 1 : count), 0);

/** Waits for the work, but no longer than that. */
const withinMs = async (ms: number, work: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const tired = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, tired]);
  clearTimeout(timer);
};
