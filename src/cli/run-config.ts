import { systemClock } from '../clock.ts';
import { keepUnchanged } from '../config/keep-unchanged.ts';
import type { Settings } from '../config/settings.ts';
import { ActionableError } from '../errors.ts';
import { version } from '../version.ts';
import { configEditing } from './config-editing.ts';
import { loadSettings } from './load-settings.ts';
import type { Running } from './running.ts';
import { inheritedSockets, tellSystemd } from './systemd.ts';

/** Runs a primary by a config until it is asked to end, and follows every edit of the file meanwhile. */
export const runConfig = async (config: string, running: Running): Promise<void> => {
  const { journal, stopped, io } = running;
  // Another process reads the config; meanwhile this one loads what it runs by it.
  const [loaded, { startPrimary }, { followConfig }, { followTakenOut }] = await Promise.all([
    loadSettings(config, io),
    import('../app.ts'),
    import('./follow-config.ts'),
    import('../config/follow-taken-out.ts'),
  ]);
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
    editing: configEditing(loaded.file, () => settings),
    lost: (because) => {
      const remedy = 'Start it again; under systemd Restart=always does.';
      lost.resolve(new ActionableError(`The primary ended: ${because}.`, remedy));
    },
  });
  const followed = followConfig(loaded, {
    journal,
    update: (next) => {
      settings = keepUnchanged(next, settings);
      primary.update(inForce());
    },
  });
  ({ mistakes } = followed);
  takenOut.start(() => {
    primary.update(inForce());
  });
  process.on('SIGUSR2', primary.reopenLogs);

  journal({ type: 'started', version, urls: primary.urls });
  running.started?.(primary.urls);
  tellSystemd(io.env, 'ready');
  const end = await Promise.race([stopped, lost.promise]);
  tellSystemd(io.env, 'stopping');
  followed.stop();
  takenOut.stop();
  await primary.stop();
  journal({ type: 'stopped', because: typeof end === 'string' ? end : end.message });
  if (typeof end !== 'string') throw end;
};

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
