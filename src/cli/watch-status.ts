import { setTimeout as sleep } from 'node:timers/promises';
import type { Status } from '../dashboard/status.ts';
import { ActionableError } from '../errors.ts';
import type { AdminPlace } from './ask-admin.ts';
import { createStatusQuestion } from './ask-status.ts';
import type { Io } from './command.ts';
import { findAdmin, type Wanted } from './find-admin.ts';

/** How often a running Usher is asked: its own news is no newer. */
const EVERY_MS = 1000;

/** What is seen of an Usher that is asked again and again: its status, or why there is none this time. */
export type Look = { readonly status: Status } | { readonly trouble: ActionableError };

/**
 * Asks a running Usher every second, as long as whoever looks goes on.
 *
 * @throws ActionableError when it does not answer the first time
 */
export async function* watchStatus(
  wanted: Wanted,
  { usage, io }: { readonly usage: string; readonly io: Io },
): AsyncGenerator<Look, void> {
  const ask = createStatusQuestion(io);
  const found: { place?: AdminPlace } = {};
  const first = await findAdmin(wanted, { usage, io }, (place) => {
    found.place = place;
    return ask(place);
  });
  yield { status: first };
  for (;;) {
    await sleep(EVERY_MS);
    yield await again(found.place, ask);
  }
}

const again = async (
  place: AdminPlace | undefined,
  ask: (place: AdminPlace) => Promise<Status>,
): Promise<Look> => {
  if (place === undefined) throw new TypeError('the first look found no door');
  try {
    return { status: await ask(place) };
  } catch (error) {
    if (error instanceof ActionableError) return { trouble: error };
    throw error;
  }
};
