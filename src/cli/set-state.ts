import { join, relative, resolve } from 'node:path';
import { systemClock } from '../clock.ts';
import { parseDuration } from '../config/duration.ts';
import { setState } from '../config/editing/edit.ts';
import { readTakenOut, takenOutFolder } from '../config/taken-out.ts';
import { inOrder } from '../config/in-order.ts';
import { ActionableError } from '../errors.ts';
import type { State } from '../model/secondary.ts';
import { registries } from '../registries.ts';
import type { Command, Io } from './command.ts';
import { readOptions } from './options.ts';
import type { Done, Wish } from './set-state-there.ts';

/** What a secondary does in a state. */
const DOES: Readonly<Record<State, string>> = {
  ready: 'takes its share of visitors',
  drain: 'keeps the visitors it has and takes no new ones',
  maintenance: 'takes no visitors',
};

const OPTIONS = { config: { type: 'string' }, admin: { type: 'string' } } as const;
const END_OPTIONS = { ...OPTIONS, for: { type: 'string' }, until: { type: 'string' } } as const;
const DRAIN_OPTIONS = { ...END_OPTIONS, wait: { type: 'boolean' } } as const;

const ENDING = `
  --for 2h        it is ready again by itself after so long
  --until INSTANT it is ready again by itself then, such as 2027-01-31T06:00:00Z`;

const WAITING = `
  --wait          waits until nobody can come back to it by his cookie, and says how many are left; Ctrl-C leaves it
                  draining`;

const settingState = (state: State): Command => {
  const isDrain = state === 'drain';
  const command: Command = {
    summary: `Edits the config: the secondary ${DOES[state]}.`,
    usage: `usher ${state} ID${state === 'ready' ? '' : ' [--for 2h | --until INSTANT]'} [--config usher.json | --admin URL]${isDrain ? ' [--wait]' : ''}`,
    help: `
  ID              the secondary, as the config or "usher status" names it
  --config FILE   the config; without it usher.json in this folder
  --admin URL     the admin door of an Usher that runs, such as http://127.0.0.1:8079: its config is edited, by itself, and
                  none here; the password is read from USHER_PASSWORD, or asked for${state === 'ready' ? '' : ENDING}${isDrain ? WAITING : ''}

Only the secondary's "state" is changed, and when it ends ("until"), in the file that lists it; the rest stays as you
wrote it. A running Usher takes it over within two seconds. A file of its name in the folder "maintenance" of the state
folder ("touch state/maintenance/web1") takes a secondary out whatever its state is, until it is removed.`,
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
      const until = endOf(values, command.usage);
      const wish = { id, state, ...(until === undefined ? {} : { until }) };
      const done = await carryOut(wish, { ...values, usage: command.usage, io });
      const ends = until === undefined ? '' : ` until ${until}`;
      const where = done.isNew ? ` (written to ${done.file})` : `; ${done.file} said so already`;
      io.out(`${id} ${DOES[state]}${ends}${where}\n`);
      if (done.takenOutBy !== undefined) {
        io.err(`usher: ${done.takenOutBy} is there: ${id} stays in maintenance until you remove it\n`);
      }
      if ('wait' in values && values.wait === true) {
        const { waitForDrain } = await import('./wait-for-drain.ts');
        await waitForDrain(id, values, { ...command, io: done.io });
      }
      return 0;
    },
  };
  return command;
};

/** Where the config lies that is meant. */
interface Meant {
  readonly config?: string | undefined;
  readonly admin?: string | undefined;
  readonly usage: string;
  readonly io: Io;
}

const carryOut = async (wish: Wish, { config, admin, usage, io }: Meant): Promise<Done> => {
  if (admin === undefined) return setStateHere(wish, resolve(io.cwd, config ?? 'usher.json'), io);
  if (config !== undefined) {
    const what = 'Either --config, the file here, or --admin, the config of the Usher that runs there.';
    throw new ActionableError(what, `usage: ${usage}`, 2);
  }
  return (await import('./set-state-there.ts')).setStateThere(wish, { admin, usage, io });
};

const setStateHere = async (wish: Wish, config: string, io: Io): Promise<Done> => {
  const edited = await setState({ file: config, registries, wallMs: systemClock().wall() }, wish);
  if (!edited.ok) {
    inOrder(edited, config);
    throw new ActionableError(`${config} is being edited by somebody else.`, 'Try again in a moment.');
  }
  const { stateFolder } = edited.settings;
  // a file in the folder `maintenance` counts more than the config
  const names = wish.state === 'ready' ? await readTakenOut(stateFolder) : undefined;
  const takenOutBy = relative(io.cwd, join(takenOutFolder(stateFolder), wish.id));
  return {
    ...{ file: relative(io.cwd, edited.file), isNew: edited.after !== edited.before, io },
    ...(names?.has(wish.id) === true ? { takenOutBy } : {}),
  };
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

/** `usher drain ID` */
export const drain = settingState('drain');

/** `usher maintenance ID` */
export const maintenance = settingState('maintenance');

/** `usher ready ID` */
export const ready = settingState('ready');
