import { fileURLToPath } from 'node:url';
import { bars } from '../../public/dashboard-draw.js';
import { inView } from '../../public/dashboard-view.js';
import * as figures from '../../public/dashboard-words.js';
import type { Entry } from '../journal.ts';
import type { Beats } from './beats.ts';
import type { Look } from './look.ts';
import type { Row } from './row.ts';
import type { Summary } from './status.ts';
import type { FailedCheck } from './failures.ts';
import type { Trouble } from './troubles.ts';
import { eventWords, type Tone } from './words.ts';

/** The same folder whether this file runs from `src/dashboard/` or, built, from `dist/dashboard/`. */
const FOLDER = fileURLToPath(new URL('../../views/', import.meta.url));

/** How many events the page begins with. */
const EVENTS = 50;

/** What the page shows before its script runs, or without it. */
export interface PageSources {
  readonly look: Look;
  /** oldest first */
  readonly entries: readonly Entry[];
  readonly beats: Pick<Beats, 'of'>;
  /** there is a config file that can be edited */
  readonly isEditable: boolean;
  /** how many rows are left out at the front: the page holds a hundred */
  readonly from: number;
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
  bound: 0,
  share: { wanted: 0, given: null },
  visits: { chosen: 0, kept: 0, perSecond: 0 },
};

/** The pages of the admin door as HTML. */
export interface Pages {
  readonly dashboard: (sources: PageSources) => string;
  /** why one secondary stands as it does */
  readonly secondary: (sources: SecondarySources) => string;
  /** the last errors: the article's own page of that name */
  readonly ohno: (sources: OhnoSources) => string;
  /** one decision, and why; or that it is not there any more */
  readonly why: (sources: { readonly id: string; readonly why: object | undefined }) => string;
  /** the last decisions, the newest first */
  readonly decisions: (sources: { readonly latest: readonly object[] }) => string;
}

export interface SecondarySources {
  readonly status: Summary;
  readonly row: Row;
  readonly failures: readonly FailedCheck[];
  readonly beats: Pick<Beats, 'of'>;
  /** about this one, the newest first */
  readonly troubles: readonly Trouble[];
}

export interface OhnoSources {
  readonly status: Summary;
  /** those that are down */
  readonly down: readonly Row[];
  readonly troubles: readonly Trouble[];
}

/** Loads the template engine and returns what renders the pages. */
export const loadPages = async (): Promise<Pages> => {
  const { Eta } = await import('eta');
  const eta = new Eta({ views: FOLDER, cache: true });
  const page =
    (view: string) =>
    (sources: object): string =>
      eta.render(view, { ...figures, ...sources });
  const dashboard: Pages['dashboard'] = ({ look, entries, beats, isEditable, from }) =>
    eta.render('dashboard', {
      ...figures,
      status: look.summary,
      ...rowsFrom(look, from),
      isEditable,
      blank: BLANK,
      now: Date.parse(look.summary.at),
      bars: (id: string) => bars(beats.of(id)),
      events: entries.slice(-EVENTS).toReversed().map(told),
    });
  return {
    dashboard,
    secondary: ({ beats, ...sources }) =>
      eta.render('board-secondary', { ...figures, ...sources, bars: bars(beats.of(sources.row.id)) }),
    ohno: page('board-ohno'),
    why: page('board-why'),
    decisions: page('board-decisions'),
  };
};

/** How many rows a page holds; the script shows more when it is asked to. */
const ROWS = 100;

/** The rows of a page; where there are too many for one, those that need a look come first. */
const rowsFrom = (
  { figures: all, rowOf }: Look,
  from: number,
): { readonly all: number; readonly rows: readonly Row[]; readonly next?: number } => {
  const next = from + ROWS;
  const found = inView(all, { words: '', onlyTrouble: false, limit: ROWS });
  return {
    all: all.length,
    rows: (all.length <= ROWS ? found : found.slice(from, next)).map(rowOf),
    ...(next < all.length ? { next } : {}),
  };
};

const told = (entry: Entry): { at: string; words: string; tone: Tone } => ({
  at: entry.at,
  ...eventWords(entry),
});
