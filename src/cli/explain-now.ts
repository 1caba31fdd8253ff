import { systemClock, systemDice } from '../clock.ts';
import { doorUrl } from '../config/door-url.ts';
import type { Settings } from '../config/settings.ts';
import { readInForce } from '../config/taken-out.ts';
import { openBook } from '../dispatch/ledger/book.ts';
import { explainVisit, type Explained, type Undecided, type Wanted } from '../doors/why/explain.ts';
import { ActionableError } from '../errors.ts';
import { createLearner } from '../monitor/learner.ts';
import type { AdminPlace } from './ask-admin.ts';
import { createAdminQuestion, jsonIn, noUsher } from './ask-status.ts';
import type { Io } from './command.ts';
import { configOfRunning } from './config-of-running.ts';
import { findAdmin, type Wanted as WantedUsher } from './find-admin.ts';
import { knowledge } from './knowledge.ts';
import { loadSettings } from './load-settings.ts';

type Told = Explained | Undecided;

/**
 * The decision for such a visitor, told by the Usher that runs by this config; where none does, made here, by what the
 * files or the secondaries tell now.
 *
 * @throws ActionableError when the admin door that was named does not answer
 */
export const explainNow = async (
  values: Wanted & WantedUsher,
  about: { readonly usage: string; readonly io: Io },
): Promise<Told> => {
  const ask = askFor(values, about.io);
  if (values.admin !== undefined) return findAdmin(values, about, ask);
  const config = values.config ?? (await configOfRunning(about.io));
  const { settings } = await loadSettings(config, about.io);
  const url = doorUrl('http', settings.admin);
  const told = await ask(settings.admin).catch((error: unknown) => {
    if (error instanceof ActionableError) return error;
    throw error;
  });
  if (told instanceof ActionableError) return explainHere(values, settings, told.message);
  // Another list may have the same port for its admin door.
  if ('secondaries' in told && !isSameList(told, settings)) {
    return explainHere(values, settings, `The Usher that runs at ${url} goes by another list.`);
  }
  return told;
};

const askFor = ({ path, from, cookie, host }: Wanted, io: Io): ((place: AdminPlace) => Promise<Told>) => {
  const query = new URLSearchParams({
    path,
    from,
    ...(cookie === undefined ? {} : { cookie }),
    ...(host === undefined ? {} : { host }),
  });
  return createAdminQuestion(io, `/api/explain?${query.toString()}`, ({ status, body }, url) => {
    const told = status === 200 ? jsonIn(body) : undefined;
    if (isTold(told)) return told;
    throw noUsher(url, status);
  });
};

const isTold = (told: unknown): told is Told =>
  typeof told === 'object' && told !== null && ('isRefused' in told || 'secondaries' in told);

const isSameList = (told: Explained, { secondaries }: Settings): boolean =>
  told.secondaries.map(({ id }) => id).join() === secondaries.map(({ id }) => id).join();

const explainHere = async (wanted: Wanted, loaded: Settings, because: string): Promise<Told> => {
  const clock = systemClock();
  const settings = await readInForce(loaded, clock.wall());
  const { slots, ledger } = openBook(settings.secondaries, { threads: 1, now: clock.now() });
  const learn = createLearner({ clock, pool: () => ({ ...settings, slots, ledger }) });
  const told = await explainVisit(wanted, {
    settings,
    slots,
    ledger,
    nextTicket: () => 0,
    known: async (checks) => {
      const { snapshot, words } = await knowledge(settings, checks);
      return { snapshot: learn(snapshot), words };
    },
    clock,
    dice: systemDice,
  });
  if ('words' in told) return told;
  return { ...told, known: `${told.known}\nwhom it sent where counts as nothing: ${because}` };
};
