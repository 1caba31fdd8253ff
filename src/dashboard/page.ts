import { fileURLToPath } from 'node:url';
import { bars } from '../../public/dashboard-draw.js';
import * as figures from '../../public/dashboard-words.js';
import type { Entry } from '../journal.ts';
import type { Beats } from './beats.ts';
import type { Row } from './row.ts';
import type { Status } from './status.ts';
import { eventWords, type Tone } from './words.ts';

/** The same folder whether this file runs from `src/dashboard/` or, built, from `dist/dashboard/`. */
const FOLDER = fileURLToPath(new URL('../../views/', import.meta.url));

/** How many events the page begins with. */
const EVENTS = 50;

/** What the page shows before its script runs, or without it. */
export interface PageSources {
  readonly status: Status;
  /** oldest first */
  readonly entries: readonly Entry[];
  readonly beats: Pick<Beats, 'of'>;
  /** there is a config file that can be edited */
  readonly isEditable: boolean;
}

/** An empty row: the script copies it for secondaries that join. */
const BLANK: Row = {
  id: '',
  address: '',
  at: '',
  role: 'active',
  state: 'ready',
  health: 'unknown',
  since: null,
  weight: 1,
  warmth: 1,
  usable: false,
  share: { wanted: 0, given: null },
  visits: { chosen: 0, kept: 0, perSecond: 0 },
};

/** Loads the template engine and returns what renders the dashboard as HTML. */
export const loadPage = async (): Promise<(sources: PageSources) => string> => {
  const { Eta } = await import('eta');
  const eta = new Eta({ views: FOLDER, cache: true });
  return ({ status, entries, beats, isEditable }) =>
    eta.render('dashboard', {
      ...figures,
      status,
      isEditable,
      blank: BLANK,
      now: Date.parse(status.at),
      bars: (id: string) => bars(beats.of(id)),
      events: entries.slice(-EVENTS).toReversed().map(told),
    });
};

const told = (entry: Entry): { at: string; words: string; tone: Tone } => ({
  at: entry.at,
  ...eventWords(entry),
});
