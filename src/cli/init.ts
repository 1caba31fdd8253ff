import { access } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { inOrder } from '../config/in-order.ts';
import { settingsFrom } from '../config/load.ts';
import { replaceFile } from '../config/editing/replace-file.ts';
import { ActionableError } from '../errors.ts';
import { registries } from '../registries.ts';
import type { Command, Io } from './command.ts';
import { readOptions } from './options.ts';

const OPTIONS = {
  port: { type: 'string', multiple: true },
  url: { type: 'string', multiple: true },
  config: { type: 'string' },
  force: { type: 'boolean' },
} as const;

/** One entry of the list, as it is written. */
type Entry = { readonly port: number } | { readonly url: string };

/** `usher init`: writes the smallest config that works. */
export const init: Command = {
  summary: 'Asks for the secondaries, or takes them as options, and writes a valid usher.json.',
  usage: 'usher init [--port N …] [--url URL …] [--config usher.json] [--force]',
  help: `
  --port N        a secondary at another port of this host; as often as there are some
  --url URL       a secondary on another host, e.g. https://www2.example.org
  --config FILE   the file to write; without it usher.json in this folder
  --force         overwrite a file that is there

  usher init --port 8086 --port 8087`,
  run: async (args, io) => {
    const { port = [], url = [], config = 'usher.json', force } = readOptions(args, OPTIONS, init).values;
    const file = resolve(io.cwd, config);
    const refuseIfThere = async (): Promise<void> => {
      if (force === true || !(await isThere(file))) return;
      throw new ActionableError(`${config} is there already.`, 'Edit it, or overwrite it with --force.');
    };
    await refuseIfThere();

    const given = [...port.map(portOf), ...url.map((one) => ({ url: one }))];
    const secondaries = given.length > 0 ? given : await askFor(io);
    const settings = inOrder(
      await settingsFrom({ secondaries }, registries, dirname(file)),
      'What was given',
    );
    await replaceFile(file, async () => {
      await refuseIfThere();
      return print(secondaries);
    });
    const ids = settings.secondaries.map(({ id }) => id).join(', ');
    io.out(`${config} is written, with ${ids}.\n"usher check" asks them once, "usher start" begins.\n`);
    return 0;
  },
};

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** A port, as far as it is a number; whether it fits, the schema says. */
const portOf = (text: string): Entry => {
  if (/^\d{1,9}$/.test(text)) return { port: Number(text) };
  throw new ActionableError(
    `--port ${text} is no port.`,
    `A number fits, such as 8086.\n       usage: ${init.usage}`,
    2,
  );
};

const askFor = async ({ ask }: Io): Promise<readonly Entry[]> => {
  if (ask === undefined) {
    throw new ActionableError('Which secondaries?', `usage: ${init.usage}`, 2);
  }
  const ports = wordsIn(await ask('Ports of the web servers on this host, e.g. 8086 8087 (Enter: none): '));
  const urls = wordsIn(
    await ask('URLs of web servers on other hosts, e.g. https://www2.example.org (Enter: none): '),
  );
  const entries = [...ports.map(portOf), ...urls.map((url) => ({ url }))];
  if (entries.length > 0) return entries;
  throw new ActionableError('Without a secondary there is nobody to send visitors to.', 'Name at least one.');
};

const wordsIn = (line: string): string[] => line.split(/[\s,;]+/).filter((word) => word !== '');

const print = (secondaries: readonly Entry[]): string => {
  const lines = secondaries.map((entry) => {
    const [key, value] = Object.entries(entry)[0] ?? [];
    return `    { ${JSON.stringify(key)}: ${JSON.stringify(value)} }`;
  });
  return `{\n  "secondaries": [\n${lines.join(',\n')}\n  ]\n}\n`;
};
