import { ActionableError } from '../errors.ts';
import type { Command } from './command.ts';
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

For this shell only: eval "$(usher completions bash)"`,
  run: async (args, io) => {
    const [shell = ''] = readOptions(args, {}, { usage: USAGE, words: 1 }).positionals;
    if (!isShell(shell)) throw new ActionableError('For which shell?', `usage: ${USAGE}`, 2);
    const all = Object.entries(commands).map(async ([verb, load]) => completedOf(verb, await load()));
    io.out(completionScripts[shell](await Promise.all(all)));
    return 0;
  },
});

const USAGE = 'usher completions bash|zsh|fish';

const isShell = (text: string): text is Shell => Object.hasOwn(completionScripts, text);
