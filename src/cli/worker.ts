import { createAsking } from '../asking.ts';
import { systemClock, systemDice } from '../clock.ts';
import { createJournal, type Entry } from '../journal.ts';
import { tellOperators } from '../primary/tell-operators.ts';
import { startWorker } from '../worker/worker.ts';
import type { Command } from './command.ts';
import { followConfig } from './follow-config.ts';
import { followTakenOut } from '../config/follow-taken-out.ts';
import { loadSettings } from './load-settings.ts';
import { readOptions } from './options.ts';
import { untilSignal } from './until-signal.ts';
import { warnOfRivals } from './warn-of-rivals.ts';

/** What every primary that reads the files sees too: whoever is listed hears it from there, once. */
const PRIMARIES_TELL: ReadonlySet<Entry['type']> = new Set([
  'health-changed',
  'state-changed',
  'secondary-added',
  'secondary-removed',
  'maintenance-file',
  'nobody-left',
  'somebody-back',
]);

/** `usher worker`: only the checks, on the machine that holds the shared content. */
export const worker: Command = {
  summary: 'Runs the checks and writes pingfile and sitefile, without a primary.',
  usage: 'usher worker [--config usher.json]',
  help: `
  --config FILE   the config; without it usher.json in this folder

For the machine that holds the shared content; the primary's config says "checks": { "worker": "elsewhere" }.
Of what befalls the secondaries the primary tells those under "notify"; the worker tells them what only it knows: that it
cannot ask or write, that another writes the same files, that a load cannot be read.`,
  run: async (args, io) => {
    const { config } = readOptions(args, { config: { type: 'string' } }, worker).values;
    const loaded = await loadSettings(config, io);
    let { settings } = loaded;
    const clock = systemClock();
    const { journal, onEntry } = createJournal(io.out, clock.wall);
    warnOfRivals(onEntry, io);
    const parts = { clock, dice: systemDice, journal };
    const asking = createAsking(parts);
    const notices = tellOperators({
      notify: settings.notify,
      onEntry: (listener) =>
        onEntry((entry) => {
          if (!PRIMARIES_TELL.has(entry.type)) listener(entry);
        }),
      clock,
      journal,
    });
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
        notices.update(settings.notify);
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
    await notices.stop();
    return 0;
  },
};
