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

/** As long as lines come, they are looked for so often: when a line was written is known as well as that. */
const SHORTEST_MS = 20;
const LONGEST_MS = 250;
/** Whether the log was put aside and a new one begun is looked at so often. */
const ROTATION_MS = 500;
/** What still writes into the old log has turned to the new one after so long. */
const FAREWELL_MS = 60_000;

/**
 * Follows a log from its end, as `tail -F` does: into the next one when it is put aside, from its beginning when it is
 * cut. The old one is read for another minute.
 *
 * @throws ActionableError where the log is not there, or may not be read
 */
export const followLog = async ({ path, clock, onLine }: FollowOptions): Promise<FollowedLog> => {
  let tail: Tail | undefined = await begin(path);
  let old: { readonly tail: Tail; readonly untilAt: Instant } | undefined;
  let trouble: string | undefined;
  let isStopped = false;
  let lookedAt = clock.now();
  let rotationAt = lookedAt;

  const drain = async (from: Tail): Promise<boolean> => {
    const lines = await from.read();
    const now = clock.now();
    if (lines === undefined) {
      lookedAt = now;
      return false;
    }
    // those that came together were written one after the other since the last look
    const sinceMs = Math.max(0, now - lookedAt);
    for (const [index, line] of lines.entries()) {
      onLine(line, now - sinceMs * (1 - (index + 1) / lines.length));
    }
    lookedAt = now;
    return true;
  };

  const turn = async (): Promise<void> => {
    rotationAt = clock.now();
    const there = await stat(path);
    if (tail?.identity === `${there.dev}:${there.ino}`) return;
    const next = await openTail(path, 'beginning');
    await old?.tail.close();
    old = tail === undefined ? undefined : { tail, untilAt: clock.now() + FAREWELL_MS };
    tail = next;
  };

  const look = async (): Promise<boolean> => {
    try {
      if (clock.now() - rotationAt >= ROTATION_MS) await turn();
      trouble = undefined;
    } catch (error) {
      trouble = reasonOf(error);
    }
    let isMore = false;
    if (old !== undefined) {
      isMore = await drain(old.tail);
      if (clock.now() >= old.untilAt) {
        await old.tail.close();
        old = undefined;
      }
    }
    if (tail !== undefined) isMore = (await drain(tail)) || isMore;
    return isMore;
  };

  const goOn = async (): Promise<void> => {
    let pauseMs = SHORTEST_MS;
    while (!isStopped) {
      const isMore = await look().catch((error: unknown) => {
        trouble = reasonOf(error);
        return false;
      });
      pauseMs = isMore ? SHORTEST_MS : Math.min(LONGEST_MS, pauseMs * 2);
      await pause(pauseMs);
    }
    await Promise.all([tail?.close(), old?.tail.close()]);
  };

  let timer: NodeJS.Timeout | undefined;
  let wake = (): void => undefined;
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
      timer = setTimeout(resolve, isStopped ? 0 : ms);
    });

  const over = goOn();
  return {
    trouble: () => trouble,
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
};

const reasonOf = (error: unknown): string => {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
};
