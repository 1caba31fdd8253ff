import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createJournal } from '../journal.ts';
import { systemClock } from '../clock.ts';
import type { Command } from './command.ts';
import { readOptions } from './options.ts';
import { runConfig } from './run-config.ts';
import { untilSignal } from './until-signal.ts';
import { warnOfRivals } from './warn-of-rivals.ts';

const OPTIONS = { config: { type: 'string' } } as const;

/** `usher start`: the primary, with its own worker; without a config the demo. */
export const start: Command = {
  summary: 'Starts the primary; without an usher.json, a demo with two sample secondaries.',
  usage: 'usher start [--config usher.json]',
  help: `
  --config FILE   the config; without it usher.json in this folder, and where there is none, the demo

Signals: SIGHUP reads the config at once, SIGTERM and SIGINT finish what is open (5 s) and end, SIGUSR2 opens the
access log anew. Events are JSON lines on standard output.`,
  run: async (args, io) => {
    const { config } = readOptions(args, OPTIONS, start).values;
    const file = resolve(io.cwd, config ?? 'usher.json');
    const told = createJournal(io.out, systemClock().wall);
    const stopped = untilSignal();
    warnOfRivals(told.onEntry, io);
    if (config === undefined && !existsSync(file)) {
      const { runDemo } = await import('./demo.ts');
      await runDemo({ ...told, io, stopped });
    } else {
      await runConfig(file, { ...told, io, stopped });
    }
    return 0;
  },
};
