import type { Instant } from '../model/clock.ts';
import { defineUnit } from '../unit.ts';
import { failed } from '../wire/failure.ts';
import { questionFor, questionOptions } from '../wire/question-options.ts';
import type { LoadReader, Reading } from './load-reader.ts';
import { numberIn } from './numbers.ts';
import { page } from './page.ts';
import { reportOf } from './report.ts';

/**
 * Reads Apache's mod_status in its machine-readable form. Tells `running` (busy workers, without the one that answers
 * this probe) and `utilization` (their share of all workers alive), and where `ExtendedStatus` is on, as it is unless
 * turned off, `answered` (all requests so far) and `busySeconds` (the sum of their durations).
 */
export const apache = defineUnit({
  summary: "Apache's mod_status: busy workers, requests answered, seconds spent on them.",
  main: 'path',
  options: (zod) => questionOptions(zod, '/server-status?auto'),
  make:
    (options): LoadReader =>
    async (subject, wire) => {
      const at = wire.clock.now();
      const answer = await page(wire, questionFor(subject, options));
      return answer.ok ? readStatus(at, answer.body) : answer;
    },
});

const readStatus = (at: Instant, text: string): Reading => {
  const told = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name, value] = /^([A-Za-z ]+):(.*)$/.exec(line.trimEnd()) ?? [];
    if (name !== undefined && value !== undefined) told.set(name, value);
  }
  const busy = numberIn(told.get('BusyWorkers'));
  const idle = numberIn(told.get('IdleWorkers'));
  if (busy === undefined || idle === undefined) {
    return failed('garbage', 'no BusyWorkers and IdleWorkers: is mod_status on, does the path end in ?auto');
  }
  const running = Math.max(0, busy - 1);
  const durationMs = told.get('Total Duration');
  return reportOf(at, {
    running,
    ...(running + idle > 0 ? { utilization: running / (running + idle) } : {}),
    ...(told.has('Total Accesses') ? { answered: told.get('Total Accesses') } : {}),
    ...(durationMs === undefined ? {} : { busySeconds: (numberIn(durationMs) ?? NaN) / 1000 }),
  });
};
