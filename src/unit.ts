import type { z } from 'zod';

/** The zod module, handed to a unit's `options` only when a config is read, so that dispatch never loads it. */
export type Zod = typeof z;

/**
 * The one shape of everything that a config names: a check, a load reader, a policy, a delivery. One file, one line in
 * its folder's `index.ts`; config schema and JSON Schema come from it, and the contract tests find it there.
 *
 * In the config a unit stands as its bare name (`"random"`), or as an object whose key is its name and holds the `main`
 * option, with the other options beside it (`{ "http": "/alive", "expect": "yes" }`).
 */
export interface Unit<Product, Shape extends z.ZodRawShape = z.ZodRawShape> {
  /** one sentence; its documentation */
  readonly summary: string;
  /** the schema of each option, with `.describe(…)` and its default */
  readonly options: (zod: Zod) => Shape;
  /** the option that stands behind the unit's own name */
  readonly main?: keyof Shape & string;
  /** Turns checked options into the ready thing; all errors here, at start. */
  readonly make: (options: z.output<z.ZodObject<Shape>>) => Product;
}

/** The units of one folder, by the name they have in the config. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each unit has options of its own; `choose` joins them again
export type Registry<Product> = Readonly<Record<string, Unit<Product, any>>>;

/** A unit as the config names it, checked: plain data that goes to another thread. */
export interface Choice {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** States a unit; only there to infer the types of its options. */
export const defineUnit = <Product, Shape extends z.ZodRawShape>(
  unit: Unit<Product, Shape>,
): Unit<Product, Shape> => unit;

/** Makes the product that a checked choice names. */
export const makeFrom = <Product>(registry: Registry<Product>, { name, options }: Choice): Product => {
  const unit = registry[name];
  if (unit === undefined) throw new TypeError(`no unit is called ${name}`);
  return unit.make(options);
};
