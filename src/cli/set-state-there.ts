import { doorUrl } from '../config/door-url.ts';
import { ActionableError } from '../errors.ts';
import type { State } from '../model/secondary.ts';
import type { AdminAnswer, AdminPlace } from './ask-admin.ts';
import { jsonIn, noUsher } from './ask-status.ts';
import { createAsker, type Asker } from './asker.ts';
import type { Io } from './command.ts';
import { findAdmin } from './find-admin.ts';
import { plain } from './plain.ts';

/** How often a change is asked for anew because somebody else edited the config meanwhile. */
const TRIES = 5;

/** What is to be of a secondary. */
export interface Wish {
  readonly id: string;
  readonly state: State;
  readonly until?: string;
}

/** What became of it. */
export interface Done {
  /** the file that was edited there, and where that is */
  readonly file: string;
  /** false: it said so already */
  readonly isNew: boolean;
  /** the file there that takes it out whatever its state is */
  readonly takenOutBy?: string;
  /** for whoever asks that door next: the password need not be asked for again */
  readonly io: Io;
}

/**
 * Sets a secondary's state in the config of a running Usher, by its admin door.
 *
 * @throws ActionableError when the door does not answer, lets nobody in or refuses the change, with its words
 */
export const setStateThere = async (
  wish: Wish,
  { admin, usage, io }: { readonly admin: string; readonly usage: string; readonly io: Io },
): Promise<Done> => {
  const asker = createAsker(io);
  return findAdmin({ admin }, { usage, io }, async (place) => {
    const told = await change(wish, place, asker);
    const takenOutBy = wish.state === 'ready' ? await takenOutOf(wish.id, place, asker) : undefined;
    const { file, isNew } = told;
    return {
      ...{ file: `${file} at ${doorUrl('http', place)}`, isNew, io: asker.io() },
      ...(takenOutBy === undefined ? {} : { takenOutBy }),
    };
  });
};

const change = async (
  { id, ...body }: Wish,
  place: AdminPlace,
  { ask }: Asker,
): Promise<{ readonly file: string; readonly isNew: boolean }> => {
  const url = doorUrl('http', place);
  for (let tries = 1; ; tries += 1) {
    const config = await ask(place, { path: '/api/config' });
    const { etag } = objectIn(config, url);
    if (config.status !== 200 || typeof etag !== 'string') throw noUsher(url, config.status);
    const path = `/api/secondaries/${encodeURIComponent(id)}`;
    const answer = await ask(place, { path, change: { method: 'PATCH', ifMatch: etag, body } });
    // what it is to be does not depend on what else stands there
    if (answer.status === 412 && tries < TRIES) continue;
    const { file, isNew, ...refused } = objectIn(answer, url);
    if (answer.status !== 200) throw refusedThere(answer.status, { refused, url });
    if (typeof file !== 'string' || typeof isNew !== 'boolean') throw noUsher(url, answer.status);
    return { file: plain(file), isNew };
  }
};

const takenOutOf = async (id: string, place: AdminPlace, { ask }: Asker): Promise<string | undefined> => {
  const { secondaries } = objectIn(await ask(place, { path: '/api/status' }), doorUrl('http', place));
  const rows = Array.isArray(secondaries)
    ? (secondaries as readonly Readonly<Record<string, unknown>>[])
    : [];
  const file = rows.find((row) => row['id'] === id)?.['takenOutBy'];
  return typeof file === 'string' ? plain(file) : undefined;
};

const objectIn = ({ status, body }: AdminAnswer, url: string): Readonly<Record<string, unknown>> => {
  const told = jsonIn(body);
  if (typeof told === 'object' && told !== null) return told as Readonly<Record<string, unknown>>;
  throw noUsher(url, status);
};

const refusedThere = (
  status: number,
  { refused, url }: { readonly refused: Readonly<Record<string, unknown>>; readonly url: string },
): ActionableError => {
  const { error, mistakes } = refused;
  if (typeof error !== 'string') return noUsher(url, status);
  const places = (Array.isArray(mistakes) ? mistakes : []).flatMap((mistake: unknown) => {
    const { words } = (mistake ?? {}) as { readonly words?: unknown };
    return typeof words === 'string' ? [`\n  ${plain(words)}`] : [];
  });
  return new ActionableError(
    `${plain(error)}${places.join('')}`,
    `So says the admin door at ${url} and did nothing.`,
  );
};
