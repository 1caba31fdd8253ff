import type { Status } from '../dashboard/status.ts';
import { ActionableError, type ExitCode } from '../errors.ts';
import { NotRunning } from './ask-admin.ts';
import { createStatusQuestion } from './ask-status.ts';
import type { Command, Io } from './command.ts';
import { findAdmin, type Wanted } from './find-admin.ts';
import { loadSettings } from './load-settings.ts';
import { readOptions } from './options.ts';
import { statusFromFiles } from './status-from-files.ts';
import { watchStatus } from './watch-status.ts';
import { printFiled, printStatus } from './status-table.ts';

/** `usher status`: the table of a running Usher, or what the files tell where none runs. */
export const status: Command = {
  summary: 'Prints how the pool stands.',
  usage: 'usher status [--config usher.json | --admin URL] [--json] [--watch]',
  help: `
  --config FILE   the config Usher was started with; without it usher.json in this folder
  --admin URL     its admin door, such as http://127.0.0.1:8079; no config is read then
  --watch         anew every second, until Ctrl-C; with --json a line each
  --json          all of it as JSON, as /api/status of the admin door has it, and "running"

FOR is since when its health is so, WANTED its share of new visitors by weight and load, GIVEN its share of the last
minute, NEW and BACK who was chosen for it and who came back to it since the start, BOUND about how many hold a cookie
that names it. Where no Usher runs, the table is of the config and the two files, and says how old they are.

A config that has mistakes by now does not keep you from a running Usher: it is asked where the file says all the same,
or at http://127.0.0.1:8079. If the admin door has a password, it is read from USHER_PASSWORD, or asked for.
Exit code 1 if Usher does not run, or no secondary takes new visitors.`,
  run: async (args, io) => {
    const { values } = readOptions(args, OPTIONS, status);
    if (values.watch === true) return watch(values, io);
    const { told, trouble } = await lookOnce(values, io);
    if (values.json === true) {
      io.out(`${JSON.stringify({ running: trouble === undefined, ...told }, undefined, 2)}\n`);
    } else {
      io.out(print(told, io, trouble));
    }
    return trouble === undefined && told.usable > 0 ? 0 : 1;
  },
};

/** The status; with the trouble where it is of the files, because nobody listens where the config says. */
const lookOnce = async (
  values: Wanted,
  io: Io,
): Promise<{ readonly told: Status; readonly trouble?: NotRunning }> => {
  try {
    return { told: await findAdmin(values, { usage: status.usage, io }, createStatusQuestion(io)) };
  } catch (error) {
    if (!(error instanceof NotRunning) || values.admin !== undefined) throw error;
    const { settings } = await loadSettings(values.config, io);
    return { told: await statusFromFiles(settings, io.cwd), trouble: error };
  }
};

const OPTIONS = {
  config: { type: 'string' },
  admin: { type: 'string' },
  json: { type: 'boolean' },
  watch: { type: 'boolean' },
} as const;

/** The table in its place again and again on a terminal, one after the other elsewhere. */
const watch = async (wanted: Wanted & { readonly json?: boolean | undefined }, io: Io): Promise<ExitCode> => {
  for await (const look of watchStatus(wanted, { usage: status.usage, io })) {
    if ('trouble' in look)
      io.err(`${io.isTty ? TOP : ''}usher: ${look.trouble.message}${io.isTty ? REST : ''}\n`);
    else if (wanted.json === true) io.out(`${JSON.stringify({ running: true, ...look.status })}\n`);
    else io.out(io.isTty ? inPlace(print(look.status, io)) : `${print(look.status, io)}\n`);
  }
  return 0;
};

/** To the upper left corner. */
const TOP = '\x1b[H';
/** Wipes the rest of the line. */
const REST = '\x1b[K';
/** Wipes everything below. */
const BELOW = '\x1b[J';

/** Written over what stands there: nothing flickers as it would where all is wiped first. */
const inPlace = (text: string): string => `${TOP}${text.replaceAll('\n', `${REST}\n`)}${BELOW}`;

const print = (told: Status, io: Io, trouble?: NotRunning): string => {
  const { color } = io;
  try {
    return trouble === undefined ? printStatus(told, { color }) : printFiled(told, { color, trouble });
  } catch {
    throw new ActionableError(
      `Usher ${told.version} answers in a form that this version does not know.`,
      'Use the "usher" that it was started with, or --json.',
    );
  }
};
