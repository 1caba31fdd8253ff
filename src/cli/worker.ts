import { createAsking } from '../asking.ts';
import { systemClock, systemDice } from '../clock.ts';
import { createJournal } from '../journal.ts';
import { startWorker } from '../worker/worker.ts';
import type { Command } from './command.ts';
import { followConfig } from './follow-config.ts';
import { followTakenOut } from './follow-taken-out.ts';
import { loadSettings } from './load-settings.ts';
import { readOptions } from './options.ts';
import { untilSignal } from './until-signal.ts';
import { warnOfRivals } from './warn-of-rivals.ts';

/** `usher worker`: only the checks, on the machine that holds the shared content. */
export const worker: Command = {
  summary: 'Runs the checks and writes pingfile and sitefile, without a primary.',
  usage: 'usher worker [--config usher.json]',
  help: `
  --config FILE   the config; without it usher.json in this folder

For the machine that holds the shared content; the primary's config says "checks": { "worker": "elsewhere" }.`,
  run: async (args, io) => {
    const { config } = readOptions(args, { config: { type: 'string' } }, worker).values;
    const loaded = await loadSettings(config, io);
    let { settings } = loaded;
    const clock = systemClock();
    const { journal, onEntry } = createJournal(io.out, clock.wall);
    warnOfRivals(onEntry, io);
    const parts = { clock, dice: systemDice, journal };
    const asking = createAsking(parts);
    const stopped = untilSignal();
    const takenOut = await followTakenOut(() => settings, { journal, wall: clock.wall });
    const running = await startWorker({
      ...parts,
      settings: takenOut.apply(settings),
      startMonitor: asking.startMonitor,
    });
    const followed = followConfig(loaded, {
      journal,
      update: (next) => {
        settings = next;
        running.update(takenOut.apply(settings));
      },
    });
    takenOut.start(() => {
      running.update(takenOut.apply(settings));
    });

    const because = await stopped;
    followed.stop();
    takenOut.stop();
    await running.stop();
    await asking.close();
    journal({ type: 'stopped', because });
    return 0;
  },
};
