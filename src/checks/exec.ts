import { defineUnit } from '../unit.ts';
import { commandOption } from '../wire/command-option.ts';
import { environmentOf } from '../wire/environment.ts';
import { failed } from '../wire/failure.ts';
import { printable } from '../wire/printable.ts';
import type { Check } from './check.ts';
import { timed } from './seen.ts';

/** Runs a program of the operator's. Exit code 0 passes; the first line it prints says why. */
export const exec = defineUnit({
  summary: 'Runs a program: exit code 0 passes, the first line it prints is the reason shown.',
  main: 'command',
  options: (zod) => ({ command: commandOption(zod) }),
  make:
    ({ command }): Check =>
    (subject, wire) =>
      timed(wire.clock, async () => {
        const ran = await wire.run({
          argv: command,
          env: environmentOf(subject),
          timeoutMs: subject.timeoutMs,
        });
        if (!ran.ok) return ran;
        const detail = firstLine(ran.output) || firstLine(ran.complaint);
        if (ran.code !== 0) return failed('command', `exit ${ran.code}${detail === '' ? '' : `: ${detail}`}`);
        return detail === '' ? { ok: true } : { ok: true, detail };
      }),
});

const firstLine = (text: string): string => printable(text.trimStart().split('\n', 1)[0] ?? '');
