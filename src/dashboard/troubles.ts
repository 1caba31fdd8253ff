import type { Entry } from '../journal.ts';
import { eventWords, type Tone } from './words.ts';

/** An event that somebody should mind, in words. Plain data. */
export interface Trouble {
  /** ISO 8601 */
  readonly at: string;
  readonly type: Entry['type'];
  readonly words: string;
  readonly tone: Tone;
  /** whom it is about; absent: nobody alone */
  readonly secondary?: string;
}

/** The last troubles, kept apart from the journal: quiet events do not push them out. */
export interface Troubles {
  readonly note: (entry: Entry) => void;
  /** the newest first */
  readonly last: () => readonly Trouble[];
}

/** How many are kept. */
const KEPT = 200;

/** Remembers the last 200 troubles. @param entries what happened before, oldest first */
export const createTroubles = (entries: readonly Entry[]): Troubles => {
  const kept: Trouble[] = [];
  const note = (entry: Entry): void => {
    const { words, tone } = eventWords(entry);
    if (tone !== 'trouble' && tone !== 'watch') return;
    const about = 'secondary' in entry ? { secondary: entry.secondary } : {};
    kept.unshift({ at: entry.at, type: entry.type, words, tone, ...about });
    if (kept.length > KEPT) kept.pop();
  };
  for (const entry of entries) note(entry);
  return { note, last: () => kept };
};
