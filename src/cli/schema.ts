import { jsonSchemaOf } from '../config/schema/json-schema.ts';
import { configSchema } from '../config/schema/schema.ts';
import { registries } from '../registries.ts';
import type { Command } from './command.ts';
import { readOptions } from './options.ts';

/** `usher schema`: the JSON Schema of `usher.json`, for editors and other programs. */
export const schema: Command = {
  summary: 'Prints the JSON Schema of usher.json, with every option, its default and what it does.',
  usage: 'usher schema',
  help: `
Draft 2020-12. An editor that knows it completes keys and shows what they do:

  usher schema > usher.schema.json

and in usher.json  "$schema": "./usher.schema.json"`,
  run: async (args, io) => {
    readOptions(args, {}, schema);
    const { z } = await import('zod');
    const { $schema, ...rest } = jsonSchemaOf(z, configSchema(z, registries).config);
    io.out(`${JSON.stringify({ $schema, title: 'usher.json', ...rest }, null, 2)}\n`);
    return 0;
  },
};
