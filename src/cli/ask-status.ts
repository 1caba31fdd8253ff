import { doorUrl } from '../config/door-url.ts';
import type { Status } from '../dashboard/status.ts';
import { ActionableError } from '../errors.ts';
import type { AdminAnswer, AdminPlace } from './ask-admin.ts';
import { createAsker } from './asker.ts';
import type { Io } from './command.ts';

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
  const { ask } = createAsker(io);
  return async (place) => read(await ask(place, { path }), doorUrl('http', place));
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
