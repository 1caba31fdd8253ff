import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { PrimaryOptions } from '../app.ts';
import { ActionableError } from '../errors.ts';
import { createJournal } from '../journal.ts';
import { systemClock } from '../clock.ts';
import type { Settings } from '../config/settings.ts';
import { version } from '../version.ts';
import type { Command } from './command.ts';
import { readOptions } from './options.ts';
import type { Running } from './running.ts';
import { inheritedSockets, tellSystemd } from './systemd.ts';
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

const runConfig = async (config: string, running: Running): Promise<void> => {
  const [{ loadSettings }, { startPrimary }, { followConfig }, { followTakenOut }] = await Promise.all([
    import('./load-settings.ts'),
    import('../app.ts'),
    import('./follow-config.ts'),
    import('./follow-taken-out.ts'),
  ]);
  const { journal, stopped, io } = running;
  const loaded = await loadSettings(config, io);
  const sockets = inheritedSockets(io.env, process.pid);
  let { settings } = loaded;
  const takenOut = await followTakenOut(() => settings, { journal, wall: systemClock().wall });
  const inForce = (): Settings => withSockets(takenOut.apply(settings), sockets);
  let mistakes: () => readonly string[] = () => [];
  const lost = Promise.withResolvers<ActionableError>();
  const primary = await startPrimary({
    ...running,
    settings: inForce(),
    mistakes: () => mistakes(),
    editing: editingOf(loaded.file),
    lost: (because) => {
      const remedy = 'Start it again; under systemd Restart=always does.';
      lost.resolve(new ActionableError(`The primary ended: ${because}.`, remedy));
    },
  });
  const followed = followConfig(loaded, {
    journal,
    update: (next) => {
      settings = next;
      primary.update(inForce());
    },
  });
  ({ mistakes } = followed);
  takenOut.start(() => {
    primary.update(inForce());
  });
  process.on('SIGUSR2', primary.reopenLogs);

  journal({ type: 'started', version, urls: primary.urls });
  tellSystemd(io.env, 'ready');
  const end = await Promise.race([stopped, lost.promise]);
  tellSystemd(io.env, 'stopping');
  followed.stop();
  takenOut.stop();
  await primary.stop();
  journal({ type: 'stopped', because: typeof end === 'string' ? end : end.message });
  if (typeof end !== 'string') throw end;
};

/** The config as the admin door looks at it and edits it. */
const editingOf =
  (file: string): NonNullable<PrimaryOptions['editing']> =>
  (stateFolder) => ({
    show: async () => (await import('../config/shown.ts')).readShown(file, stateFolder()),
    change: async (change, onlyIf, how) =>
      (await import('./edit-apart.ts')).editApart(
        {
          ...{ file, stateFolder: stateFolder(), isDry: how === 'dry' },
          ...(onlyIf === undefined ? {} : { onlyIf }),
        },
        change,
      ),
  });

/** With sockets of the service manager in the place of its own; one thread then, for a socket belongs to one loop. */
const withSockets = (settings: Settings, fds: readonly number[]): Settings =>
  fds.length === 0
    ? settings
    : {
        ...settings,
        threads: 1,
        listen: settings.listen.map((listen, at) => {
          const fd = fds[at];
          return fd === undefined ? listen : { ...listen, fd };
        }),
      };
