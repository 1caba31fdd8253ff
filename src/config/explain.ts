import type { z } from 'zod';
import type { Zod } from '../unit.ts';
import { jsonSchemaOf } from './schema/json-schema.ts';
import { fitsOneOf } from './likely.ts';
import { nameOf, type Flaw, type Path } from './mistake.ts';
import { wordsFor } from './words.ts';

type Issue = z.core.$ZodIssue;

/** What is said of a key that is not there. */
export const MISSING = 'is missing';

/** Marks what `explaining` says, so that it is not taken for the words of a unit's author. */
const OURS = '\u0000';

/**
 * Words for zod where a schema brings none: what would fit, computed from the schema itself. To be given to every
 * `safeParse` whose issues go to `flawsOf`.
 */
export const explaining =
  (zod: Zod): z.core.$ZodErrorMap =>
  (issue) => {
    const schema = issue.schema ?? (issue.inst as z.core.$ZodType | undefined);
    if (schema === undefined) return OURS;
    if (issue.code !== 'unrecognized_keys') return OURS + wordsOf(zod, schema);
    const { shape = {} } = schema._zod.def as { readonly shape?: object };
    return OURS + JSON.stringify(Object.keys(shape));
  };

/** Making them takes a millisecond of a large schema, and one mistake may be there a million times. */
const words = new WeakMap<z.core.$ZodType, string>();

const wordsOf = (zod: Zod, schema: z.core.$ZodType): string => {
  const known = words.get(schema) ?? wordsFor(jsonSchemaOf(zod, schema));
  words.set(schema, known);
  return known;
};

/** An issue of ours for `ctx.addIssue`; `what` goes on after the key: `"port" is too large`. */
export const flaw = (what: string, fits: string, at: Flaw['at'] = 'value') => ({
  code: 'custom' as const,
  message: what,
  params: { fits, at },
});

/** Turns zod's issues into what a person can act on. */
export const flawsOf = (issues: readonly Issue[], raw: unknown): Flaw[] =>
  issues.flatMap((issue) => flawsOfOne(issue, raw));

const flawsOfOne = (issue: Issue, raw: unknown): Flaw[] => {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  const given = valueAt(raw, path);
  const isOurs = issue.message.startsWith(OURS);
  const fits = isOurs ? issue.message.slice(OURS.length) : '';
  const value = (what: string): Flaw => ({ path, at: 'value', what: `${nameOf(path)} ${what}`, fits });

  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        at: 'key',
        what: 'unknown key',
        // the likely one is looked for only where it is told
        get fits() {
          return fitsOneOf(key, isOurs ? (JSON.parse(fits) as string[]) : []);
        },
      }));
    case 'invalid_union':
      return flawsOfUnion(issue.errors, { path, raw, otherwise: value('is none of what is possible here') });
    case 'invalid_key': {
      const [inner] = flawsOf(issue.issues, undefined);
      const what = inner?.what.replace(nameOf([]), nameOf(path)) ?? `${nameOf(path)} does not fit as a key`;
      return [{ path, at: 'key', what, fits: inner?.fits ?? '' }];
    }
    case 'custom': {
      const { fits: ourFits, at } = (issue.params ?? {}) as Partial<Flaw>;
      if (ourFits !== undefined) return [{ ...value(issue.message), fits: ourFits, at: at ?? 'value' }];
      return [value(isOurs ? 'does not fit' : `does not fit: ${issue.message}`)];
    }
    default:
      break;
  }
  if (given === undefined) return [value(MISSING)];
  if (!isOurs) return [value(`does not fit: ${issue.message}`)];
  if (issue.code === 'invalid_value') {
    const choices = issue.values.filter((choice) => typeof choice === 'string');
    const isText = choices.length === issue.values.length;
    if (!isText) return [value('has the wrong type')];
    return [{ ...value('is none of the choices'), fits: fitsOneOf(given, choices) }];
  }
  if (issue.code === 'invalid_type') {
    const meant = meantAs(issue.expected, given);
    return [{ ...value('has the wrong type'), ...(meant === undefined ? {} : { fits: meant }) }];
  }
  if (Array.isArray(given) && given.length === 0) return [value('is empty')];
  return [value(WRONG[issue.code])];
};

const WRONG = {
  too_big: 'is too large',
  too_small: 'is too small',
  invalid_format: 'does not fit',
  not_multiple_of: 'does not fit',
  invalid_element: 'does not fit',
} as const;

/** The mistakes of the one possibility that was meant, if only one comes near. */
const flawsOfUnion = (
  possibilities: readonly (readonly Issue[])[],
  { path, raw, otherwise }: { readonly path: Path; readonly raw: unknown; readonly otherwise: Flaw },
): Flaw[] => {
  const near = possibilities.filter((issues) => issues.every((issue) => issue.path.length > 0));
  const [meant] = near;
  if (meant === undefined || near.length > 1) return [otherwise];
  return flawsOf(
    meant.map((issue) => ({ ...issue, path: [...path, ...issue.path] })),
    raw,
  );
};

/** The value as it was most likely meant: `"8086"` for a number, `"true"` for true or false, 8086 for a text. */
const meantAs = (expected: string, given: unknown): string | undefined => {
  if (typeof given === 'number' && expected === 'string') return JSON.stringify(String(given));
  if (typeof given !== 'string') return undefined;
  const isNumber = /^\d{1,9}(?:\.\d{1,9})?$/.test(given);
  if ((expected === 'number' || expected === 'int') && isNumber) return `${given} without quotes`;
  const isYes = /^(?:true|yes|on|1)$/i.test(given);
  const isNo = /^(?:false|no|off|0)$/i.test(given);
  return expected === 'boolean' && (isYes || isNo) ? `${String(isYes)} without quotes` : undefined;
};

/** The value at a path of whatever was given; undefined where there is none. */
export const valueAt = (raw: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, step) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    return (value as Readonly<Record<string | number, unknown>>)[step];
  }, raw);
