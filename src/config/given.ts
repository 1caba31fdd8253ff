import type { Path } from './mistake.ts';
import { isSecret, withoutSecrets } from './secrets.ts';

/** Longest text of a value that a mistake repeats. */
const LONGEST = 60;

/** A value of a config as a mistake repeats it: one line, short, no secret, nothing that a terminal would obey. */
export const printGiven = (value: unknown, path: Path = []): string =>
  oneLine(jsonOf(isKey(value, path) ? value : withoutSecrets(value, path)));

/** Where the key itself is wrong, it is what is given. */
const isKey = (value: unknown, path: Path): boolean => isSecret(path) && value === path.at(-1);

/** A text made fit for one line of a terminal: shortened, controls and invisible characters escaped. */
export const oneLine = (text: string): string => {
  const start = text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
  return start.replace(/\p{C}/gu, (char) => {
    const units = Array.from({ length: char.length }, (_, at) => char.charCodeAt(at));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
};

const jsonOf = (value: unknown): string => {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  try {
    const text = JSON.stringify(value) as string | undefined;
    return text?.replace(/\/\/[^/@"]*@/g, '//…@') ?? `a ${typeof value}`;
  } catch {
    return `a ${typeof value} that is not JSON`;
  }
};
