import { ActionableError } from '../errors.ts';
import { printMistake } from './mistake.ts';
import type { Parsed } from './parse.ts';
import type { Settings } from './settings.ts';

/** The settings of a config that is in order; throws with every mistake of one that is not. */
export const inOrder = (parsed: Parsed, name: string): Settings => {
  if (parsed.ok) return parsed.settings;
  throw new ActionableError(
    `${name} is not in order:\n${parsed.mistakes.map((mistake) => `  ${printMistake(mistake)}`).join('\n')}`,
    'Mend it and try again; "usher validate" checks a file without starting anything.',
  );
};
