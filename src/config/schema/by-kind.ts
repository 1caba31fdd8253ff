import type { z } from 'zod';
import type { Zod } from '../../unit.ts';
import { explaining, flaw, MISSING } from '../explain.ts';
import { partSchemaOf, withShape } from './json-schema.ts';

/** The kinds of JSON values, as `byKind` tells them apart; no key takes both true and false with something else. */
type Kind = 'string' | 'number' | 'false' | 'array' | 'object';

type Branches = Readonly<Partial<Record<Kind, z.ZodType>>>;
type OutputOf<B extends Branches> = z.output<Extract<B[keyof B], z.ZodType>>;

/**
 * The schema of a value that may be of several kinds. The kind given decides which schema it is held against, so that
 * a mistake is named by the schema that was meant; zod's own union would only say that none of them fits.
 *
 * @param fits what fits, in words, for a value of no kind listed
 */
export const byKind = <B extends Branches>(zod: Zod, fits: string, branches: B): z.ZodType<OutputOf<B>> => {
  const schema = zod.unknown().transform((given, ctx): OutputOf<B> => {
    const kind = kindOf(given);
    const branch = kind === undefined ? undefined : branches[kind];
    if (branch !== undefined) return passOn(zod, branch, { given, ctx }) as OutputOf<B>;
    ctx.addIssue({ ...flaw(given === undefined ? MISSING : 'has the wrong type', fits), input: given });
    return zod.NEVER;
  });
  const possible = new Set<z.ZodType>(Object.values(branches));
  return withShape(schema, () => ({ anyOf: Array.from(possible, (one) => partSchemaOf(zod, one)) }));
};

/** Holds a value against another schema and passes its mistakes on. */
export const passOn = <Schema extends z.ZodType>(
  zod: Zod,
  schema: Schema,
  { given, ctx }: { readonly given: unknown; readonly ctx: Pick<z.core.$RefinementCtx, 'issues'> },
): z.output<Schema> => {
  const result = schema.safeParse(given, { error: explaining(zod) });
  if (result.success) return result.data;
  for (const issue of result.error.issues) ctx.issues.push({ ...issue, input: given } as z.core.$ZodRawIssue);
  return zod.NEVER;
};

const kindOf = (given: unknown): Kind | undefined => {
  if (Array.isArray(given)) return 'array';
  if (given === null || given === true) return undefined;
  if (given === false) return 'false';
  const kind = typeof given;
  return kind === 'string' || kind === 'number' || kind === 'object' ? kind : undefined;
};
