import type { Place } from './place.ts';

/** Where in a config a value stands: keys and indexes, from the top. */
export type Path = readonly (string | number)[];

/** Something wrong with a config, not yet placed in a file. */
export interface Flaw {
  readonly path: Path;
  /** whether the key itself is wrong, or the value behind it */
  readonly at: 'key' | 'value';
  readonly what: string;
  /** what fits instead, the likeliest first; empty: nothing more to say */
  readonly fits: string;
}

/** Something wrong with a config, in words that a person can act on. Plain data. */
export interface Mistake extends Partial<Place> {
  /** absent where a program handed the config over as an object; so are line and column */
  readonly file?: string;
  /** e.g. `secondaries[0].port`; empty: the config as a whole */
  readonly path: string;
  /** what is wrong */
  readonly what: string;
  /** what was given, shortened; empty: nothing */
  readonly given: string;
  /** what fits instead, the likeliest first; empty: nothing more to say */
  readonly fits: string;
}

/** A path as it would stand in JavaScript: `secondaries[0].port`. */
export const printPath = (path: Path): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${String(step)}]`;
    if (!/^[A-Za-z_$][\w$]*$/.test(step)) return `${text}[${JSON.stringify(step)}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');

/** What a mistake calls the thing it is about: its key, or the list and index. */
export const nameOf = (path: Path): string => {
  const last = path.at(-1);
  if (last === undefined) return 'the config';
  return typeof last === 'number' ? printPath(path.slice(-2)) : JSON.stringify(last);
};

/** A mistake as one line: `file:line:column: what is wrong, given …, fits …`. */
export const printMistake = (mistake: Mistake): string => {
  const { file, line, column, path, what, given, fits } = mistake;
  const place = file === undefined ? path : `${file}:${String(line ?? 1)}:${String(column ?? 1)}`;
  const parts = [what, given && `given ${given}`, fits && `fits ${fits}`].filter((part) => part !== '');
  return `${place === '' ? 'config' : place}: ${parts.join(', ')}`;
};
