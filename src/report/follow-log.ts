import { stat } from 'node:fs/promises';
import { ActionableError } from '../errors.ts';
import type { Clock, Instant } from '../model/clock.ts';
import { openTail, type Tail } from './tail.ts';

/** A log that is being followed. */
export interface FollowedLog {
  /** why it cannot be read now; undefined: it can */
  readonly trouble: () => string | undefined;
  readonly stop: () => Promise<void>;
}

export interface FollowOptions {
  readonly path: string;
  readonly clock: Clock;
  /** told every line that is appended, and about when it was written */
  readonly onLine: (line: string, at: Instant) => void;
}

/** Lines are looked for so often: when one was written is known as well as that. It costs a four-hundredth of a core. */
const LOOK_MS = 25;
/** Whether the log was put aside and a new one begun is looked at so often. */
const ROTATION_MS = 500;
/** A log that is put aside is away for a moment: longer than this is trouble. */
const AWAY_MS = 10_000;
/** What still writes into the old log has turned to the new one after so long. */
const FAREWELL_MS = 60_000;

/**
 * Follows a log from its end, as `tail -F` does: into the next one when it is put aside, from its beginning when it is
 * cut. The old one is read for another minute.
 *
 * @throws ActionableError where the log is not there, or may not be read
 */
export const followLog = async ({ path, clock, onLine }: FollowOptions): Promise<FollowedLog> => {
  let tail = await begin(path);
  let old: { readonly tail: Tail; readonly untilAt: Instant } | undefined;
  let trouble: { readonly because: string; readonly sinceAt: Instant } | undefined;
  let isStopped = false;
  let lookedAt = clock.now();
  let rotationAt = lookedAt;

  /** Those that came together were written one after the other since the last look. */
  const tell = (lines: readonly string[]): void => {
    const now = clock.now();
    const sinceMs = Math.max(0, now - lookedAt);
    for (const [index, line] of lines.entries()) {
      onLine(line, now - sinceMs * (1 - (index + 1) / lines.length));
    }
    lookedAt = now;
  };

  const turn = async (): Promise<void> => {
    rotationAt = clock.now();
    const there = await stat(path);
    if (tail.identity === `${there.dev}:${there.ino}`) return;
    const next = await openTail(path, 'beginning');
    await old?.tail.close();
    old = { tail, untilAt: clock.now() + FAREWELL_MS };
    tail = next;
  };

  /** What was still written into the old log. One that cannot be read shall not keep us from the one that can. */
  const farewell = async (): Promise<readonly string[]> => {
    if (old === undefined) return [];
    const { tail: before, untilAt } = old;
    const lines = await before.read().catch(() => undefined);
    if (lines === undefined || clock.now() >= untilAt) {
      old = undefined;
      await before.close();
    }
    return lines ?? [];
  };

  const look = async (): Promise<void> => {
    const isTurn = clock.now() - rotationAt >= ROTATION_MS;
    if (isTurn) await turn();
    const left = await farewell();
    let come: readonly string[] = [];
    try {
      come = await tail.read();
    } finally {
      // Together: whoever adds up what they tell needs all lines of a look in one order of time.
      tell([...left, ...come]);
    }
    // Only then: a log that can be found may be one that cannot be read.
    if (isTurn) trouble = undefined;
  };

  const goOn = async (): Promise<void> => {
    while (!isStopped) {
      await look().catch((error: unknown) => {
        trouble = { because: reasonOf(error), sinceAt: trouble?.sinceAt ?? clock.now() };
      });
      await pause();
    }
    await Promise.all([tail.close(), old?.tail.close()]);
  };

  let timer: NodeJS.Timeout | undefined;
  let wake = (): void => undefined;
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
      timer = setTimeout(resolve, isStopped ? 0 : LOOK_MS);
    });

  const over = goOn();
  return {
    trouble: () =>
      trouble === undefined || clock.now() - trouble.sinceAt < AWAY_MS ? undefined : trouble.because,
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      wake();
      await over;
    },
  };
};

const begin = async (path: string): Promise<Tail> => {
  try {
    if (!(await stat(path)).isFile()) throw new Error('it is no file');
    return await openTail(path, 'end');
  } catch (error) {
    throw new ActionableError(
      `The log ${path} cannot be followed: ${reasonOf(error)}.`,
      'Name the access log of the web server on this machine, and run the reporter as a user who may read it.',
    );
  }
};

const REASONS: Readonly<Partial<Record<string, string>>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EISDIR: 'it is no file',
};

const reasonOf = (error: unknown): string => {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
};
