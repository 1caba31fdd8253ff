import type { Zod } from '../unit.ts';
import { contradictions, type Parts } from './contradictions.ts';
import { explaining, flawsOf, valueAt } from './explain.ts';
import type { Flaw } from './mistake.ts';
import { configSchema, type Config, type Registries } from './schema/schema.ts';
import type { Listed } from './schema/secondary-schema.ts';

/** A config that fits, or everything that is wrong with the values of one that does not. */
export type Checked =
  { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly flaws: readonly Flaw[] };

/** Making a schema takes longer than using it, and a config is read again at every edit. */
const schemas = new WeakMap<Registries, ReturnType<typeof configSchema>>();

/** Holds values against the schema and against each other. */
export const checkConfig = (
  raw: unknown,
  { zod, registries }: { readonly zod: Zod; readonly registries: Registries },
): Checked => {
  const schema = schemas.get(registries) ?? configSchema(zod, registries);
  schemas.set(registries, schema);
  const whole = schema.config.safeParse(raw, { error: explaining(zod) });
  if (!whole.success) {
    const flaws = flawsOf(whole.error.issues, raw);
    const wrong = new Set(
      whole.error.issues.flatMap(({ path: [key, at] }) => (key === 'secondaries' ? [at] : [])),
    );
    return { ok: false, flaws: [...flaws, ...contradictions(partsIn(raw, schema, wrong))] };
  }
  const flaws = contradictions(partsOf(whole.data));
  return flaws.length === 0 ? { ok: true, config: whole.data } : { ok: false, flaws };
};

const partsOf = ({ secondaries, ...config }: Config): Parts => ({
  ...config,
  names: config.names ?? [],
  admin: config.admin.listen,
  secondaries: typeof secondaries === 'string' ? [] : secondaries.map((one, at) => [at, one] as const),
});

/**
 * The parts that fit their schema although the whole does not, so that every mistake is told at once.
 *
 * @param wrong indexes of secondaries that do not
 */
const partsIn = (
  raw: unknown,
  { config, secondary }: ReturnType<typeof configSchema>,
  wrong: ReadonlySet<unknown>,
): Parts => {
  const { shape } = config;
  const listen = shape.listen.safeParse(valueAt(raw, ['listen']));
  const names = shape.names.safeParse(valueAt(raw, ['names']));
  const admin = shape.admin.safeParse(valueAt(raw, ['admin']));
  const whenAllDown = shape.whenAllDown.safeParse(valueAt(raw, ['whenAllDown']));
  const list = valueAt(raw, ['secondaries']);
  return {
    listen: listen.data ?? [],
    names: names.data ?? [],
    ...(admin.success ? { admin: admin.data.listen } : {}),
    ...(whenAllDown.success ? { whenAllDown: whenAllDown.data } : {}),
    secondaries: (Array.isArray(list) ? (list as unknown[]) : []).flatMap((one, at) => {
      if (wrong.has(at)) return [];
      const listed = secondary.safeParse(one);
      return listed.success ? [[at, listed.data] as readonly [number, Listed]] : [];
    }),
  };
};
