import type { ParseArgsConfig } from 'node:util';
import { ActionableError } from '../errors.ts';

// An `import` would evaluate every export of the module, the lazy ones too: 3 MB in a process that runs for years.
const { parseArgs } = process.getBuiltinModule('node:util');

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ options: O; allowPositionals: true; strict: true }>
>;

/** Reads a command's options and words; wrong use is an error with the usage line, exit code 2. */
export const readOptions = <const O extends Options>(
  args: readonly string[],
  options: O,
  {
    usage,
    words = 0,
  }: { readonly usage: string; /** how many words may stand beside the options */ readonly words?: number },
): Parsed<O> => {
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    const tooMany = parsed.positionals[words];
    if (tooMany === undefined) return parsed;
    throw new TypeError(`Unexpected argument '${tooMany}'`);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ActionableError(
      `${(error.message.split('. ')[0] ?? '').replace(/\.$/, '')}.`,
      `usage: ${usage}`,
      2,
    );
  }
};
