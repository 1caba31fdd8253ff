import { relative, resolve } from 'node:path';
import { loadConfig } from '../config/load.ts';
import { printMistake, type Mistake } from '../config/mistake.ts';
import { printConfig } from '../config/print.ts';
import type { Settings } from '../config/settings.ts';
import { registries } from '../registries.ts';
import type { Command } from './command.ts';
import { readOptions } from './options.ts';

const OPTIONS = { config: { type: 'string' }, json: { type: 'boolean' } } as const;

/** `usher validate`: whether the config can be used, and if not everything that is wrong with it. */
export const validate: Command = {
  summary: 'Reads the config and names every mistake with its place and what fits.',
  usage: 'usher validate [--config usher.json] [--json]',
  help: `
  --config FILE   the config; without it usher.json in this folder
  --json          print JSON: the config with every default filled in, or the mistakes

Exit code 0 when the config is fine, 1 when it is not. A mistake is one line,
file:line:column: what is wrong, what was given, what fits. Nothing is started and nothing is asked.`,
  run: async (args, io) => {
    const { config = 'usher.json', json = false } = readOptions(args, OPTIONS, validate).values;
    const loaded = await loadConfig(resolve(io.cwd, config), registries);
    if (!loaded.ok) {
      const mistakes = loaded.mistakes.map((mistake) => near(mistake, io.cwd));
      if (json) io.out(`${JSON.stringify({ ok: false, mistakes }, null, 2)}\n`);
      else io.out(mistakes.map((mistake) => `${printMistake(mistake)}\n`).join(''));
      return 1;
    }
    if (json) {
      const written = printConfig(loaded.settings, registries);
      io.out(`${JSON.stringify({ ok: true, config: written }, null, 2)}\n`);
      return 0;
    }
    io.out(`${config} is fine: ${inShort(loaded.settings)}\n`);
    return 0;
  },
};

/** A mistake whose file is named as one would type it here. */
const near = (mistake: Mistake, cwd: string): Mistake => {
  if (mistake.file === undefined) return mistake;
  const file = relative(cwd, mistake.file);
  return file.startsWith('..') ? mistake : { ...mistake, file };
};

const inShort = ({ secondaries, policy, checks, listen }: Settings): string => {
  const resting = secondaries.filter(({ state }) => state !== 'ready');
  const states = resting.map(({ id, state }) => `${id} in ${state}`).join(', ');
  const count = `${secondaries.length} ${secondaries.length === 1 ? 'secondary' : 'secondaries'}`;
  const ports = listen.map(({ host, port }) => (host === undefined ? String(port) : `${host}:${port}`));
  return `${count}${states === '' ? '' : ` (${states})`}, policy ${policy.name}, checks ${checks.from}, listening on ${ports.join(', ')}`;
};
