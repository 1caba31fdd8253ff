import { z } from 'zod';
import type { Registry } from '../../src/unit.ts';

/** Makes what a unit makes of such options in a config; throws where the config would be refused. */
export const made = <Product>(registry: Registry<Product>, name: string, options: object = {}): Product => {
  const unit = registry[name];
  if (unit === undefined) throw new Error(`no unit is called ${name}`);
  return unit.make(z.strictObject(unit.options(z)).parse(options));
};
