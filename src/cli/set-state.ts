import { join, relative, resolve } from 'node:path';
import { systemClock } from '../clock.ts';
import { parseDuration } from '../config/duration.ts';
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
const END_OPTIONS = { ...OPTIONS, for: { type: 'string' }, until: { type: 'string' } } as const;
const DRAIN_OPTIONS = { ...END_OPTIONS, wait: { type: 'boolean' }, admin: { type: 'string' } } as const;

const ENDING = `
  --for 2h        it is ready again by itself after so long
  --until INSTANT it is ready again by itself then, such as 2027-01-31T06:00:00Z`;

const WAITING = `
  --wait          waits until nobody can come back to it by his cookie, and says how many are left; Ctrl-C leaves it
                  draining
  --admin URL     with --wait: the admin door of the Usher that runs, where the config does not name it`;

const settingState = (state: State): Command => {
  const isDrain = state === 'drain';
  const command: Command = {
    summary: `Edits the config: the secondary ${DOES[state]}.`,
    usage: `usher ${state} ID${state === 'ready' ? '' : ' [--for 2h | --until INSTANT]'} [--config usher.json]${isDrain ? ' [--wait] [--admin URL]' : ''}`,
    help: `
  ID              the secondary, as the config or "usher status" names it
  --config FILE   the config; without it usher.json in this folder${state === 'ready' ? '' : ENDING}${isDrain ? WAITING : ''}

Only the secondary's "state" is changed, and when it ends ("until"), in the file that lists it; the rest stays as you wrote it. A running Usher
takes it over within two seconds. A file of its name in the folder "maintenance" of the state folder ("touch
state/maintenance/web1") takes a secondary out whatever its state is, until it is removed.`,
    run: async (args, io) => {
      const { values, positionals } = readOptions(
        args,
        isDrain ? DRAIN_OPTIONS : state === 'ready' ? OPTIONS : END_OPTIONS,
        {
          ...command,
          words: 1,
        },
      );
      const [id] = positionals;
      if (id === undefined) throw new ActionableError('Which secondary?', `usage: ${command.usage}`, 2);
      const file = resolve(io.cwd, values.config ?? 'usher.json');
      const until = endOf(values, command.usage);
      const edited = await setState(
        { file, registries },
        { id, state, ...(until === undefined ? {} : { until }) },
      );
      if (!edited.ok) {
        inOrder(edited, file);
        return 1;
      }
      const isNew = edited.after !== edited.before;
      const place = relative(io.cwd, edited.file);
      const ends = until === undefined ? '' : ` until ${until}`;
      io.out(
        `${id} ${DOES[state]}${ends}${isNew ? ` (written to ${place})` : `; ${place} said so already`}\n`,
      );
      if (state === 'ready') await tellTakenOut(id, { ...edited.settings, io });
      if ('wait' in values && values.wait === true) {
        await (await import('./wait-for-drain.ts')).waitForDrain(id, values, { ...command, io });
      }
      return 0;
    },
  };
  return command;
};

/** When the state shall end, as the config writes it; `undefined`: it shall not. */
const endOf = (values: object, usage: string): string | undefined => {
  const { for: span, until } = values as {
    readonly for?: string | undefined;
    readonly until?: string | undefined;
  };
  if (span === undefined) return until;
  const ms = until === undefined ? parseDuration(span) : undefined;
  if (ms !== undefined) return new Date(Math.ceil((systemClock().wall() + ms) / 1000) * 1000).toISOString();
  throw new ActionableError(
    until === undefined ? `--for ${span} is not a duration.` : 'Either --for or --until.',
    `A duration such as 30m or 2h fits.\n       usage: ${usage}`,
    2,
  );
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
