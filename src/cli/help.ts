import { ActionableError } from '../errors.ts';
import type { Io } from './command.ts';
import { commands } from './index.ts';
import { likely } from '../config/likely.ts';

/** Prints what `usher help` and `usher help VERB` say; `usher help --man` prints the manual page. */
export const help = async (verb: string | undefined, io: Io): Promise<0> => {
  if (verb === undefined) {
    io.out(await overview());
    return 0;
  }
  if (verb === '--man') {
    const [{ manualOf }, { version }] = await Promise.all([import('./manual.ts'), import('../version.ts')]);
    io.out(await manualOf(commands, version));
    return 0;
  }
  const load = commands[verb];
  if (load === undefined) throw noSuchVerb(verb);
  const { summary, usage, help: text } = await load();
  io.out(`${summary}\n\nusage: ${usage}\n\n${text.replace(/^\n+/, '').trimEnd()}\n`);
  return 0;
};

/** The error for a verb that is not there, with the likely one. */
export const noSuchVerb = (verb: string): ActionableError => {
  const guess = likely(verb, Object.keys(commands));
  return new ActionableError(
    `There is no command "${verb}".`,
    guess === undefined ? '"usher help" lists them.' : `Did you mean "usher ${guess}"?`,
    2,
  );
};

const overview = async (): Promise<string> => {
  const rows = await Promise.all(
    Object.entries(commands).map(async ([verb, load]) => `  ${verb.padEnd(12)} ${(await load()).summary}\n`),
  );
  return `usher sends each visitor of a cluster of web servers on to one that works.\n\nusage: usher VERB [options]\n\n${rows.join('')}\n"usher help VERB" tells more; "usher start" without an usher.json shows a demo.\n`;
};
