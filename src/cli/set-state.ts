import { join, relative, resolve } from 'node:path';
import { setState } from '../config/edit.ts';
import type { Settings } from '../config/settings.ts';
import { readTakenOut, takenOutFolder } from '../config/taken-out.ts';
import { inOrder } from '../config/in-order.ts';
import { ActionableError } from '../errors.ts';
import type { State } from '../model/secondary.ts';
import { registries } from '../registries.ts';
import type { Command, Io } from './command.ts';
import { readOptions } from './options.ts';

/** What a secondary does in a state. */
const DOES: Readonly<Record<State, string>> = {
  ready: 'takes its share of visitors',
  drain: 'keeps the visitors it has and takes no new ones',
  maintenance: 'takes no visitors',
};

const OPTIONS = { config: { type: 'string' } } as const;
const DRAIN_OPTIONS = { ...OPTIONS, wait: { type: 'boolean' }, admin: { type: 'string' } } as const;

const WAITING = `
  --wait          waits until nobody can come back to it by his cookie, and says how many are left; Ctrl-C leaves it
                  draining
  --admin URL     with --wait: the admin door of the Usher that runs, where the config does not name it`;

const settingState = (state: State): Command => {
  const isDrain = state === 'drain';
  const command: Command = {
    summary: `Edits the config: the secondary ${DOES[state]}.`,
    usage: `usher ${state} ID [--config usher.json]${isDrain ? ' [--wait] [--admin URL]' : ''}`,
    help: `
  ID              the secondary, as the config or "usher status" names it
  --config FILE   the config; without it usher.json in this folder${isDrain ? WAITING : ''}

Only the secondary's "state" is changed, in the file that lists it; the rest stays as you wrote it. A running Usher
takes it over within two seconds. A file of its name in the folder "maintenance" of the state folder ("touch
state/maintenance/web1") takes a secondary out whatever its state is, until it is removed.`,
    run: async (args, io) => {
      const { values, positionals } = readOptions(args, isDrain ? DRAIN_OPTIONS : OPTIONS, {
        ...command,
        words: 1,
      });
      const [id] = positionals;
      if (id === undefined) throw new ActionableError('Which secondary?', `usage: ${command.usage}`, 2);
      const file = resolve(io.cwd, values.config ?? 'usher.json');
      const edited = await setState({ file, registries }, { id, state });
      if (!edited.ok) {
        inOrder(edited, file);
        return 1;
      }
      const isNew = edited.after !== edited.before;
      const place = relative(io.cwd, edited.file);
      io.out(`${id} ${DOES[state]}${isNew ? ` (written to ${place})` : `; ${place} said so already`}\n`);
      if (state === 'ready') await tellTakenOut(id, { ...edited.settings, io });
      if ('wait' in values && values.wait === true) {
        await (await import('./wait-for-drain.ts')).waitForDrain(id, values, { ...command, io });
      }
      return 0;
    },
  };
  return command;
};

/** A file in the folder `maintenance` counts more than the config. */
const tellTakenOut = async (
  id: string,
  { stateFolder, io }: Pick<Settings, 'stateFolder'> & { readonly io: Io },
): Promise<void> => {
  const names = await readTakenOut(stateFolder);
  if (names?.has(id) !== true) return;
  const file = relative(io.cwd, join(takenOutFolder(stateFolder), id));
  io.err(`usher: ${file} is there: ${id} stays in maintenance until you remove it\n`);
};

/** `usher drain ID` */
export const drain = settingState('drain');

/** `usher maintenance ID` */
export const maintenance = settingState('maintenance');

/** `usher ready ID` */
export const ready = settingState('ready');
