import { resolve } from 'node:path';
import { doorUrl } from '../config/door-url.ts';
import { readEndpoint, readOrigin } from '../config/endpoint.ts';
import { likelyAdmin } from '../config/likely-admin.ts';
import { ActionableError } from '../errors.ts';
import { unbracketed } from '../model/ip-literal.ts';
import type { AdminPlace } from './ask-admin.ts';
import type { Io } from './command.ts';
import { loadSettings } from './load-settings.ts';

/** How a person says which Usher he means. */
export interface Wanted {
  /** the config it was started with */
  readonly config?: string | undefined;
  /** its admin door, as a URL or host:port */
  readonly admin?: string | undefined;
}

/**
 * Asks the admin door that a person means: the one he names, the one of the config, or, if the config is not in order,
 * the one it most likely has: the Usher that runs went by an earlier one.
 *
 * @param ask throws an `ActionableError` if the door does not answer as one
 */
export const findAdmin = async <Answer>(
  { config, admin }: Wanted,
  { usage, io }: { readonly usage: string; readonly io: Io },
  ask: (place: AdminPlace) => Promise<Answer>,
): Promise<Answer> => {
  if (admin !== undefined) return ask(readPlace(admin, usage));
  const loaded = await loadSettings(config, io).catch(actionable);
  if (!(loaded instanceof ActionableError)) return ask(loaded.settings.admin);

  const place = await likelyAdmin(resolve(io.cwd, config ?? 'usher.json'));
  const url = doorUrl('http', place);
  const answer = await ask(place).catch(actionable);
  if (answer instanceof ActionableError) {
    throw new ActionableError(
      `${loaded.message}\n       ${answer.message}${place.isDefault ? ' The file does not tell where its admin door is, so the usual place was asked.' : ''}`,
      'Mend the config, or name the admin door: --admin http://host:port',
    );
  }
  io.err(
    `usher: ${firstLine(loaded.message)} This is the Usher that runs at ${url}${place.isDefault ? ', the usual place: the file does not tell' : ''}\n`,
  );
  return answer;
};

const actionable = (error: unknown): ActionableError => {
  if (error instanceof ActionableError) return error;
  throw error;
};

const firstLine = (text: string): string => (text.split('\n')[0] ?? '').replace(/:$/, '.');

/** A URL or `host:port` as a person types it. */
const readPlace = (text: string, usage: string): AdminPlace => {
  const url = text.includes('://') ? readOrigin(text) : readEndpoint(text);
  if (!url.ok) throw noDoor(`${text} ${url.what}.`, usage);
  if ('scheme' in url.value && url.value.scheme === 'https') {
    throw noDoor('The admin door speaks plain http, not https.', usage);
  }
  const { host, port } = url.value;
  if (port === undefined || port === 0) throw noDoor(`${text} lacks the port of the admin door.`, usage);
  return { host: unbracketed(host), port };
};

const noDoor = (what: string, usage: string): ActionableError =>
  new ActionableError(what, `Name it as in --admin http://127.0.0.1:8079\n       usage: ${usage}`, 2);
