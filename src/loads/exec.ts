import type { Instant } from '../model/clock.ts';
import { defineUnit } from '../unit.ts';
import { commandOption } from '../wire/command-option.ts';
import { environmentOf } from '../wire/environment.ts';
import { failed } from '../wire/failure.ts';
import type { LoadReader, Reading } from './load-reader.ts';
import { numberIn } from './numbers.ts';
import { parseJson } from './parse-json.ts';
import { reportOf, reportOfObject } from './report.ts';

/**
 * Runs a program of the operator's, which prints one number or a JSON object. Tells `running` by the number, or any of
 * `running`, `sessions`, `busySeconds`, `done`, `answered`, `started` and `utilization` by the object.
 */
export const exec = defineUnit({
  summary: 'Runs a program that prints one number, or a JSON object of numbers.',
  main: 'command',
  options: (zod) => ({ command: commandOption(zod) }),
  make:
    ({ command }): LoadReader =>
    async (subject, wire) => {
      const at = wire.clock.now();
      const ran = await wire.run({
        argv: command,
        env: environmentOf(subject),
        timeoutMs: subject.timeoutMs,
      });
      if (!ran.ok) return ran;
      if (ran.code !== 0) return failed('command', `exit ${ran.code}: ${ran.complaint || ran.output}`);
      return readOutput(at, ran.output);
    },
});

const readOutput = (at: Instant, output: string): Reading => {
  const running = numberIn(output);
  if (running !== undefined) return reportOf(at, { running });
  const parsed = parseJson(output);
  return parsed.ok ? reportOfObject(at, parsed.value) : parsed;
};
