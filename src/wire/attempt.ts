import { failed, failureOf } from './failure.ts';
import type { Failed } from './wire.ts';

/** Something under way: how to end it, and what it is busy with, for the operator (`connecting`). */
export interface Course {
  readonly stop: () => void;
  readonly doing: () => string;
}

/**
 * One try with a deadline. Ends once: with what the course settles on, with a timeout, or because we stop; whatever it
 * held open is closed then. Never rejects.
 *
 * @param until aborted when this process stops
 */
export const attempt = <Answer>(
  timeoutMs: number,
  until: AbortSignal,
  begin: (settle: (end: Answer | Failed) => void) => Course,
): Promise<Answer | Failed> =>
  new Promise((resolve) => {
    let course: Course | undefined;
    let settled = false;
    const ended = (): boolean => settled;

    const settle = (end: Answer | Failed): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      until.removeEventListener('abort', cut);
      course?.stop();
      resolve(end);
    };
    const late = (): void => {
      settle(failed('timeout', `${course?.doing() ?? 'it'} took longer than ${timeoutMs} ms`));
    };
    const cut = (): void => {
      settle(failed('reset', 'stopped by us'));
    };
    // After a freeze of this process (a laptop's lid, SIGSTOP) timers run before sockets are read: an answer that has
    // been waiting there is let in first.
    const timer = setTimeout(() => setImmediate(late), timeoutMs);
    until.addEventListener('abort', cut);
    if (until.aborted) {
      cut();
      return;
    }

    try {
      course = begin(settle);
    } catch (error) {
      settle(failureOf(error));
    }
    if (ended()) course?.stop();
  });
