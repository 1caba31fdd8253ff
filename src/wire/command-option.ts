import type { Zod } from '../unit.ts';

/** No argument of a program can hold a NUL. */
const NO_NUL = /^[^\0]*$/;

/** The option that names a program to run. */
export const commandOption = (zod: Zod) =>
  zod
    .tuple(
      [zod.string().min(1).max(4000).regex(NO_NUL, 'no NUL')],
      zod.string().max(4000).regex(NO_NUL, 'no NUL'),
    )
    .describe(
      'Program and its arguments, run without a shell; learns USHER_ID, USHER_HOST, USHER_PORT and USHER_URL.',
    );
