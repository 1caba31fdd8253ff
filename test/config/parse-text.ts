import { z } from 'zod';
import { parseSources, type Parsed } from '../../src/config/parse.ts';
import { units } from './units.ts';

/** What reading a config needs, with nothing of this machine in it. */
export const means = { zod: z, registries: units, folder: '/etc/usher', cores: 8 };

/** Reads a config from its text and, if it has one, the text of its list. */
export const parseText = (text: string, list?: string): Parsed =>
  parseSources(
    {
      file: 'usher.json',
      content: { ok: true, text },
      ...(list === undefined ? {} : { list: { file: 'list.json', content: { ok: true, text: list } } }),
    },
    means,
  ).parsed;
