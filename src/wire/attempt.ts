import { failed, failureOf } from './failure.ts';
import type { Failed } from './wire.ts';

/** Something under way: how to end it, and what it is busy with, for the operator (`connecting`). */
export interface Course {
  readonly stop: () => void;
  readonly doing: () => string;
}

/** What is under way until a signal. With a listener for each, a thousand questions would walk each other's list. */
const underWay = new WeakMap<AbortSignal, Set<() => void>>();

const cutsOf = (until: AbortSignal): Set<() => void> => {
  const known = underWay.get(until);
  if (known !== undefined) return known;
  const cuts = new Set<() => void>();
  underWay.set(until, cuts);
  const cutAll = (): void => {
    for (const cut of cuts) cut();
  };
  until.addEventListener('abort', cutAll, { once: true });
  return cuts;
};

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
      cuts.delete(cut);
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
    const cuts = cutsOf(until);
    cuts.add(cut);
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
