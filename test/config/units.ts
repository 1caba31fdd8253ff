import { ActionableError } from '../../src/errors.ts';
import { deliveries } from '../../src/deliveries/index.ts';
import { policies } from '../../src/policies/index.ts';
import { defineUnit } from '../../src/unit.ts';

/** A check with a main option that has a default, and one that takes several kinds. */
const http = defineUnit({
  summary: 'Asks for a page.',
  main: 'path',
  options: (zod) => ({
    path: zod.string().regex(/^\//, 'a path begins with /').default('/').describe('What is asked for.'),
    expect: zod.string().min(1).optional().describe('Text that must be there.'),
    status: zod.union([zod.int().min(100).max(599), zod.array(zod.int())]).default(200),
    strict: zod.boolean().default(false),
  }),
  make: (options) => options,
});

/** A check without options. */
const tcp = defineUnit({ summary: 'Connects.', options: () => ({}), make: (options) => options });

/** A check whose main option has no default. */
const exec = defineUnit({
  summary: 'Runs a program.',
  main: 'argv',
  options: (zod) => ({ argv: zod.array(zod.string()).min(1) }),
  make: (options) => options,
});

/** A load reader that finds fault only when it is made. */
const json = defineUnit({
  summary: 'Reads a number.',
  main: 'pointer',
  options: (zod) => ({ pointer: zod.string() }),
  make: (options) => {
    if (options.pointer.startsWith('/')) return options;
    throw new ActionableError('A pointer begins with /.', `Write "/${options.pointer}".`);
  },
});

/** Units of every kind that a family may have, so that no change of a real one moves these tests. */
export const units = { checks: { http, tcp, exec }, loads: { json }, policies, deliveries };
