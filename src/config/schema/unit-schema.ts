import type { z } from 'zod';
import type { ActionableError } from '../../errors.ts';
import type { Choice, Registry, Unit, Zod } from '../../unit.ts';
import { passOn } from './by-kind.ts';
import { flaw, MISSING } from '../explain.ts';
import { partSchemaOf, withShape, type JsonSchema } from './json-schema.ts';
import { fitsOneOf } from '../likely.ts';

type Refuse = (what: string, fits: string) => Choice;

/** A unit with the schemas of its options. */
interface Known {
  readonly name: string;
  readonly unit: Unit<unknown>;
  /** as they stand in a config: the main one under the unit's own name */
  readonly written: z.ZodObject;
  /** what the unit's bare name stands for; absent: it needs options */
  readonly bare?: Choice['options'];
}

/**
 * The schema of a unit as a config names it: its bare name (`"random"`), or an object whose key is its name and holds
 * the main option, with the other options beside it (`{ "http": "/alive", "expect": "yes" }`).
 *
 * @param family what the units are, in words: `a policy`
 */
export const unitSchema = (zod: Zod, family: string, registry: Registry<unknown>): z.ZodType<Choice> => {
  const names = Object.keys(registry);
  const units = new Map<string, Known>();
  // made when first named: the schemas of a config with thousands of secondaries are made once
  const find = (name: string): Known | undefined => {
    if (!Object.hasOwn(registry, name)) return undefined;
    const known = units.get(name) ?? knownOf(zod, name, registry);
    units.set(name, known);
    return known;
  };

  const schema = zod.unknown().transform((given, ctx): Choice => {
    const refuse: Refuse = (what, fits) => {
      ctx.addIssue({ ...flaw(what, fits), input: given });
      return zod.NEVER;
    };
    if (typeof given === 'string') {
      const known = find(given);
      if (known === undefined) return refuse(`is not ${family}`, fitsOneOf(given, names));
      if (known.bare === undefined) return refuse('lacks its options', exampleOf(zod, known));
      return madeOf(known, known.bare, refuse);
    }
    if (given === undefined) return refuse(MISSING, fitsOneOf(given, names));
    if (given === null || typeof given !== 'object' || Array.isArray(given)) {
      return refuse(`is not ${family}`, fitsOneOf(given, names));
    }

    const keys = Object.keys(given);
    const named = keys.filter((key) => Object.hasOwn(registry, key));
    const known = find(named[0] ?? '');
    if (known === undefined) {
      const fits = fitsOneOf(keys[0], names);
      if (keys[0] === undefined) return refuse(`is not ${family}`, fits);
      ctx.addIssue({ ...flaw(`is not ${family}`, fits, 'key'), path: [keys[0]], input: given });
      return zod.NEVER;
    }
    if (named.length > 1) return refuse('names more than one', fitsOneOf(undefined, named));
    const before = ctx.issues.length;
    const { [known.name]: main, ...others } = passOn(zod, known.written, { given, ctx });
    if (ctx.issues.length > before) return zod.NEVER;
    const key = known.unit.main;
    return madeOf(
      known,
      key === undefined || main === undefined ? others : { ...others, [key]: main },
      refuse,
    );
  });
  return withShape(schema, () => ({
    anyOf: possibilities(
      zod,
      names.flatMap((name) => find(name) ?? []),
    ),
  }));
};

const knownOf = (zod: Zod, name: string, registry: Registry<unknown>): Known => {
  const unit = registry[name] as Unit<unknown>;
  const options = unit.options(zod);
  const { [unit.main ?? '']: main, ...others } = options;
  const written = zod.strictObject({ [name]: main ?? zod.literal(true).describe(unit.summary), ...others });
  const bare = zod.strictObject(options).safeParse({});
  return { name, unit, written, ...(bare.success ? { bare: bare.data } : {}) };
};

/** Makes the unit once, because some mistakes show only then, and forgets it. */
const madeOf = ({ name, unit }: Known, options: Choice['options'], refuse: Refuse): Choice => {
  try {
    unit.make(options);
    return { name, options };
  } catch (error) {
    const { message, remedy = '' } = error as Partial<ActionableError>;
    return refuse(`cannot be used: ${`${message ?? String(error)} ${remedy}`.trim().replace(/\.$/, '')}`, '');
  }
};

const possibilities = (zod: Zod, units: readonly Known[]): JsonSchema[] => [
  ...units
    .filter(({ bare }) => bare !== undefined)
    .map(({ name, unit }) => ({ const: name, description: unit.summary })),
  ...units.map(({ name, unit, written }) => {
    const json = partSchemaOf(zod, written);
    return { ...json, required: [...new Set([name, ...(json.required ?? [])])], description: unit.summary };
  }),
];

/** How a unit with a required option is written. */
const exampleOf = (zod: Zod, { name, written }: Known): string => {
  const keys = new Set([name, ...(partSchemaOf(zod, written).required ?? [])]);
  return `{ ${Array.from(keys, (key) => `${JSON.stringify(key)}: …`).join(', ')} }`;
};
