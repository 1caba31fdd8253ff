import type { Status } from '../dashboard/status.ts';
import { doorUrl } from '../config/door-url.ts';
import { ActionableError } from '../errors.ts';
import { askAdmin, type AdminAnswer, type AdminPlace } from './ask-admin.ts';
import type { Command, Io } from './command.ts';
import { findAdmin } from './find-admin.ts';
import { readOptions } from './options.ts';
import { openSecretPrompt } from './secret.ts';
import { printStatus } from './status-table.ts';

/** `usher status`: the table of a running Usher. */
export const status: Command = {
  summary: 'Prints how the pool of a running Usher stands.',
  usage: 'usher status [--config usher.json | --admin URL] [--json]',
  help: `
  --config FILE   the config Usher was started with; without it usher.json in this folder
  --admin URL     its admin door, such as http://127.0.0.1:8079; no config is read then
  --json          all of it as JSON, as /api/status of the admin door has it

A config that has mistakes by now does not keep you from a running Usher: it is asked where the file says all the same,
or at http://127.0.0.1:8079. If the admin door has a password, it is read from USHER_PASSWORD, or asked for.
Exit code 1 if Usher does not run, or no secondary takes new visitors.`,
  run: async (args, io) => {
    const { values } = readOptions(args, OPTIONS, status);
    const told = await findAdmin(values, { usage: status.usage, io }, async (place) =>
      parse(await askWithPassword(place, io), doorUrl('http', place)),
    );
    io.out(values.json === true ? `${JSON.stringify(told, undefined, 2)}\n` : print(told, io));
    return told.usable > 0 ? 0 : 1;
  },
};

const OPTIONS = {
  config: { type: 'string' },
  admin: { type: 'string' },
  json: { type: 'boolean' },
} as const;

const askWithPassword = async ({ host, port }: AdminPlace, io: Io): Promise<AdminAnswer> => {
  const question = { host, port, path: '/api/status' };
  const known = io.env['USHER_PASSWORD'];
  const first = await askAdmin(known === undefined ? question : { ...question, password: known });
  if (first.status !== 401 || known !== undefined || !process.stdin.isTTY) return first;
  const prompt = openSecretPrompt(process.stdin, io.err);
  try {
    return await askAdmin({ ...question, password: await prompt.ask('Password of the admin door: ') });
  } finally {
    prompt.close();
  }
};

const parse = ({ status: code, body }: AdminAnswer, url: string): Status => {
  if (code === 401) {
    throw new ActionableError(
      `The admin door at ${url} wants the password, or another one.`,
      'Put it into the environment as USHER_PASSWORD.',
    );
  }
  if (code === 429) {
    throw new ActionableError('The admin door has heard too many wrong passwords.', 'Wait some seconds.');
  }
  const told = code === 200 ? jsonIn(body) : undefined;
  if (isStatus(told)) return told;
  throw new ActionableError(
    `What listens at ${url} does not answer as this Usher does (status ${String(code)}).`,
    'Look whether another program, or another version of Usher, has that port ("ss -ltnp").',
  );
};

const jsonIn = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

const isStatus = (told: unknown): told is Status => {
  if (typeof told !== 'object' || told === null) return false;
  const { version, usable, secondaries, visits, news, config } = told as Partial<
    Record<keyof Status, unknown>
  >;
  const parts = [visits, news, config];
  return (
    typeof version === 'string' &&
    typeof usable === 'number' &&
    Array.isArray(secondaries) &&
    parts.every((part) => typeof part === 'object' && part !== null)
  );
};

const print = (told: Status, io: Io): string => {
  try {
    return printStatus(told, { color: io.color });
  } catch {
    throw new ActionableError(
      `Usher ${told.version} answers in a form that this version does not know.`,
      'Use the "usher" that it was started with, or --json.',
    );
  }
};
