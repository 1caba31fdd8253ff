import type { Clock, Instant } from '../model/clock.ts';
import { createBusyTime } from './busy-time.ts';
import type { Figures } from './figures.ts';
import { isCheck } from './is-check.ts';
import { isSuccess } from './is-success.ts';
import { NO_VISIT, readLogLine } from './log-line.ts';
import { createVisitors, SESSION_MS } from './visitors.ts';

/** What a log was found to be that it should not be. */
export type LogComplaint = 'not-understood' | 'without-durations';

/** Counts what an access log tells. */
export interface LogCounts {
  /** Takes a line that was written at that instant. */
  readonly take: (line: string, at: Instant) => void;
  readonly figures: () => Figures;
}

/** So many lines in a row without what is wanted of them are no accident. */
const ENOUGH = 20;

/**
 * Starts counting. Whether somebody is new can be told only once a session's whole silence has gone by: until then
 * sessions are not told.
 *
 * @param complain told once what is wrong with the log
 */
export const createLogCounts = (clock: Clock, complain: (what: LogComplaint) => void): LogCounts => {
  const beganAt = clock.now();
  const visitors = createVisitors();
  const busy = createBusyTime(beganAt);
  const complaints = new Map<LogComplaint, number>();
  let done = 0;
  let hasDurations = false;
  /** sessions that were there when nobody knew whether they are new */
  let strangers: number | undefined;

  const note = (what: LogComplaint): void => {
    const times = (complaints.get(what) ?? 0) + 1;
    complaints.set(what, times);
    if (times === ENOUGH) complain(what);
  };
  const settle = (at: Instant): void => {
    if (at - beganAt > SESSION_MS) strangers ??= visitors.started();
  };

  return {
    take: (text, at) => {
      const line = readLogLine(text);
      if (line === undefined) {
        note('not-understood');
        return;
      }
      complaints.set('not-understood', 2 * ENOUGH);
      if (line === NO_VISIT || isCheck(line.agent)) return;
      settle(at);
      if (isSuccess(line.status)) done += 1;
      visitors.go(visitors.come(`${line.address}\n${line.agent}`, at), at);
      if (line.tookMs === undefined) {
        note('without-durations');
        return;
      }
      hasDurations = true;
      complaints.set('without-durations', 2 * ENOUGH);
      busy.add(at, line.tookMs);
    },
    figures: () => {
      const at = clock.now();
      settle(at);
      return {
        done,
        ...(hasDurations ? { busySeconds: busy.seconds(at) } : {}),
        ...(strangers === undefined
          ? {}
          : { sessions: visitors.sessions(at), started: visitors.started() - strangers }),
      };
    },
  };
};
