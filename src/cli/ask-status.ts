import { doorUrl } from '../config/door-url.ts';
import type { Status } from '../dashboard/status.ts';
import { ActionableError } from '../errors.ts';
import { askAdmin, type AdminAnswer, type AdminPlace } from './ask-admin.ts';
import type { Io } from './command.ts';
import { openSecretPrompt } from './secret.ts';

/**
 * Makes what asks an admin door for the status. The password is USHER_PASSWORD, or asked for once.
 *
 * @throws ActionableError when the door does not answer as one of Usher, or wants another password
 */
export const createStatusQuestion = (io: Io): ((place: AdminPlace) => Promise<Status>) =>
  createAdminQuestion(io, '/api/status', ({ status: code, body }, url) => {
    const told = code === 200 ? jsonIn(body) : undefined;
    if (isStatus(told)) return told;
    throw noUsher(url, code);
  });

/** What came from a door that is none of this Usher. */
export const noUsher = (url: string, code: number): ActionableError =>
  new ActionableError(
    `What listens at ${url} does not answer as this Usher does (status ${String(code)}).`,
    'Look whether another program, or another version of Usher, has that port ("ss -ltnp").',
  );

/**
 * Makes what asks an admin door for one of its pages. The password is USHER_PASSWORD, or asked for once.
 *
 * @param read makes of the answer what is wanted
 * @throws ActionableError when the door does not answer, or wants another password
 */
export const createAdminQuestion = <Told>(
  io: Io,
  path: string,
  read: (answer: AdminAnswer, url: string) => Told,
): ((place: AdminPlace) => Promise<Told>) => {
  let password = io.env['USHER_PASSWORD'];
  const ask = ({ host, port }: AdminPlace): Promise<AdminAnswer> =>
    askAdmin({ host, port, path, ...(password === undefined ? {} : { password }) });
  const parse = (answer: AdminAnswer, url: string): Told => {
    mustLetIn(answer, url);
    return read(answer, url);
  };
  return async (place) => {
    const first = await ask(place);
    const isAsked = first.status === 401 && password === undefined && process.stdin.isTTY;
    if (!isAsked) return parse(first, doorUrl('http', place));
    const prompt = openSecretPrompt(process.stdin, io.err);
    try {
      password = await prompt.ask('Password of the admin door: ');
    } finally {
      prompt.close();
    }
    return parse(await ask(place), doorUrl('http', place));
  };
};

const mustLetIn = ({ status: code }: AdminAnswer, url: string): void => {
  if (code === 401) {
    throw new ActionableError(
      `The admin door at ${url} wants the password, or another one.`,
      'Put it into the environment as USHER_PASSWORD.',
    );
  }
  if (code === 429) {
    throw new ActionableError('The admin door has heard too many wrong passwords.', 'Wait some seconds.');
  }
};

/** The JSON in a body; `undefined` where it is none. */
export const jsonIn = (body: string): unknown => {
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
