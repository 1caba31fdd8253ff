import { ActionableError } from '../errors.ts';
import type { Command, Io } from './command.ts';
import { completedOf, completionScripts, type Shell } from './completion-scripts.ts';
import { readOptions } from './options.ts';

/** `usher completions SHELL`, of these commands. */
export const completionsOf = (commands: Readonly<Record<string, () => Promise<Command>>>): Command => ({
  summary: 'Prints what a shell needs to complete the verbs and options of usher.',
  usage: USAGE,
  help: `
  usher completions bash > /etc/bash_completion.d/usher
  usher completions zsh > /usr/local/share/zsh/site-functions/_usher
  usher completions fish > ~/.config/fish/completions/usher.fish

They ask "usher completions ids" for the ids of the secondaries, behind drain, maintenance and ready.
For this shell only: eval "$(usher completions bash)"`,
  run: async (args, io) => {
    const { values, positionals } = readOptions(args, OPTIONS, { usage: USAGE, words: 1 });
    const [shell = ''] = positionals;
    if (shell === 'ids') return printIds(values.config, io);
    if (!isShell(shell)) throw new ActionableError('For which shell?', `usage: ${USAGE}`, 2);
    const all = Object.entries(commands).map(async ([verb, load]) => completedOf(verb, await load()));
    io.out(completionScripts[shell](await Promise.all(all)));
    return 0;
  },
});

const USAGE = 'usher completions bash|zsh|fish';

const OPTIONS = { config: { type: 'string' } } as const;

/** What the scripts ask for while somebody types: a line for each secondary; nothing where no config can be read. */
const printIds = async (config: string | undefined, io: Io): Promise<0> => {
  const { loadSettings } = await import('./load-settings.ts');
  const loaded = await loadSettings(config, io).catch(() => undefined);
  for (const { id } of loaded?.settings.secondaries ?? []) io.out(`${id}\n`);
  return 0;
};

const isShell = (text: string): text is Shell => Object.hasOwn(completionScripts, text);
