import { count } from '../../public/dashboard-words.js';
import type { Settings } from '../config/settings.ts';
import { insteadWords } from './instead-words.ts';
import type { Status } from './status.ts';
import type { Figure } from './figures.ts';

/** The whole pool in one sentence, and how much to mind it: what somebody reads from across the room. */
export const headlineOf = (
  rows: readonly Figure[],
  usable: number,
  whenAllDown: Settings['whenAllDown'],
): Status['headline'] => {
  const down = rows.filter(({ health, state }) => health === 'down' && state !== 'maintenance');
  if (usable === 0) {
    const instead = insteadWords(rows, whenAllDown);
    const isTried = whenAllDown.kind === 'anyone' && instead !== '';
    return { words: `${isTried ? 'Nobody is known to work' : nobody(rows)}${instead}`, tone: 'trouble' };
  }
  if (down.length > 0) {
    const words = `${several(down, rows)} ${down.length === 1 ? 'is' : 'are'} down`;
    return { words, tone: down.some(({ role }) => role === 'active') ? 'trouble' : 'watch' };
  }
  const asked = rows.filter(({ health }) => health === 'unknown');
  if (asked.length > 0) return { words: `${several(asked, rows)} ${is(asked)} not asked yet`, tone: 'watch' };
  const resting = rows.filter(({ rejected }) => rejected !== undefined && rejected.why !== 'backup');
  if (resting.length > 0) {
    return { words: `${several(resting, rows)} ${is(resting)} taken out, the rest works`, tone: 'quiet' };
  }
  return { words: everybody(rows.length), tone: 'fine' };
};

const is = ({ length }: readonly Figure[]): string => (length === 1 ? 'is' : 'are');

const nobody = (rows: readonly Figure[]): string =>
  rows.some(({ health, state }) => health !== 'down' && state === 'drain')
    ? 'Nobody takes new visitors'
    : 'Nobody can take visitors';

/** Up to three by name, more by number. */
const several = (some: readonly Figure[], rows: readonly Figure[]): string => {
  const ids = some.map(({ id }) => id);
  if (ids.length > 3) {
    return ids.length === rows.length
      ? `All ${count(ids.length)}`
      : `${count(ids.length)} of ${count(rows.length)}`;
  }
  const last = ids.at(-1) ?? '';
  return ids.length < 2 ? last : `${ids.slice(0, -1).join(', ')} and ${last}`;
};

const everybody = (all: number): string => {
  if (all === 1) return 'The one secondary works';
  return all === 2 ? 'Both secondaries work' : `All ${count(all)} secondaries work`;
};
