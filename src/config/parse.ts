import type { Zod } from '../unit.ts';
import { checkConfig } from './check-config.ts';
import { valueAt } from './explain.ts';
import { printGiven } from './given.ts';
import { printPath, type Flaw, type Mistake } from './mistake.ts';
import { readPage, type Page } from './page.ts';
import type { Registries } from './schema/schema.ts';
import type { Settings } from './settings.ts';
import { settingsOf, type Surroundings } from './settings-of.ts';
import type { Sources } from './sources.ts';

/** Settings, or everything that is wrong. */
export type Parsed =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** What reading a config needs beside the config. */
export interface Means extends Surroundings {
  readonly zod: Zod;
  readonly registries: Registries;
}

/** Most mistakes that are told at once. */
const MOST_MISTAKES = 100;

/** Settings, or everything that is wrong with a config's files; `placed` names what is found out about it later. */
export interface ParsedFiles {
  readonly parsed: Parsed;
  /** what stands in the config itself */
  readonly raw: unknown;
  readonly placed: (flaws: readonly Flaw[]) => readonly Mistake[];
}

/** Reads a config from its text, and its list from a text of its own if it has one; names every mistake with its place. */
export const parseSources = ({ file, content, list }: Sources, means: Means): ParsedFiles => {
  const main = readPage(file, content);
  const raw = main.value;
  const answer = (pages: Omit<Pages, 'main'>): ParsedFiles => ({
    parsed: main.isReadable ? parsePages({ main, ...pages }, means) : refused(main.mistakes),
    raw,
    placed: (flaws) => placeAll(flaws, { main, ...pages }).map(({ told }) => told()),
  });
  if (list === undefined || !main.isReadable) return answer({ raw });

  const unlisted = { ...asObject(raw), secondaries: [] };
  if (!list.content.ok) {
    const given = printGiven(valueAt(raw, ['secondaries']));
    const what = `the file of the list, ${list.file}, ${list.content.what}`;
    const place = main.placeOf(['secondaries'], 'value');
    const { fits } = list.content;
    return answer({ raw: unlisted, missing: [{ file, ...place, path: 'secondaries', what, given, fits }] });
  }
  const page = readPage(list.file, list.content);
  if (!page.isReadable) return answer({ raw: unlisted, missing: page.mistakes });
  if (Array.isArray(page.value))
    return answer({ list: page, raw: { ...asObject(raw), secondaries: page.value } });

  const what = 'the file of the list holds something else';
  const given = printGiven(page.value);
  const mistake = {
    file: list.file,
    ...page.placeOf([], 'value'),
    path: '',
    what,
    given,
    fits: 'a list [ … ]',
  };
  return answer({ raw: unlisted, missing: [...page.mistakes, mistake] });
};

/** Reads a config that a program hands over as an object; mistakes are named by their JSON path. */
export const parseObject = (raw: unknown, means: Means): Parsed => {
  const checked = checkConfig(raw, means);
  const flaws = checked.ok ? [] : [...checked.flaws];
  if (typeof valueAt(raw, ['secondaries']) === 'string') {
    const what = '"secondaries" is a file name, and there is no file that it could lie beside';
    flaws.push({ path: ['secondaries'], at: 'value', what, fits: 'the list itself' });
  }
  if (checked.ok && flaws.length === 0) return { ok: true, settings: settingsOf(checked.config, means) };
  return refusedFor(flaws, (flaw) => mistakeOf(flaw, raw));
};

interface Pages {
  readonly main: Page;
  /** absent: the list stands in the config itself, or cannot be read */
  readonly list?: Page;
  readonly raw: unknown;
  /** why the list cannot be read; then nothing is said of the secondaries */
  readonly missing?: readonly Mistake[];
}

const parsePages = (pages: Pages, means: Means): Parsed => {
  const { main, list, raw, missing } = pages;
  const checked = checkConfig(raw, means);
  const inText = [...main.mistakes, ...(list?.mistakes ?? []), ...(missing ?? [])].map((mistake): Placed => ({
    ...mistake,
    told: () => mistake,
  }));
  if (checked.ok && inText.length === 0) return { ok: true, settings: settingsOf(checked.config, means) };
  const inValues = placeAll(checked.ok ? [] : checked.flaws, pages);
  const inOrder = [...inText, ...inValues].sort(
    (one, other) => (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0),
  );
  const byFile = [
    ...inOrder.filter((mistake) => mistake.file === main.file),
    ...inOrder.filter((mistake) => mistake.file !== main.file),
  ];
  return refusedFor(byFile, ({ told }) => told());
};

/** Where a mistake stands. There may be a million of them, and hardly any are told. */
interface Placed extends Pick<Mistake, 'file' | 'line' | 'column'> {
  readonly told: () => Mistake;
}

const placeAll = (flaws: readonly Flaw[], { main, list, raw, missing }: Pages): Placed[] =>
  flaws
    .filter(({ path }) => missing === undefined || path[0] !== 'secondaries')
    .map((flaw) => {
      const isListed = list !== undefined && flaw.path[0] === 'secondaries';
      const page = isListed ? list : main;
      const place = { file: page.file, ...page.placeOf(isListed ? flaw.path.slice(1) : flaw.path, flaw.at) };
      return { ...place, told: () => ({ ...place, ...mistakeOf(flaw, raw) }) };
    });

const mistakeOf = ({ path, at, what, fits }: Flaw, raw: unknown): Mistake => {
  const given = at === 'key' ? path.at(-1) : valueAt(raw, path);
  return { path: printPath(path), what, given: printGiven(given, path), fits };
};

const refused = (mistakes: readonly Mistake[]): Parsed => refusedFor(mistakes, (mistake) => mistake);

/** Puts those of the mistakes into words that are told. */
const refusedFor = <Found>(found: readonly Found[], told: (one: Found) => Mistake): Parsed => {
  const mistakes = found.slice(0, MOST_MISTAKES).map(told);
  const more = found.length - MOST_MISTAKES;
  const next = found[MOST_MISTAKES];
  if (next === undefined) return { ok: false, mistakes };
  const what = `here and below are ${more} more mistakes`;
  return { ok: false, mistakes: [...mistakes, { ...told(next), path: '', what, given: '', fits: '' }] };
};

const asObject = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});
