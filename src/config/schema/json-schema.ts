import type { z } from 'zod';
import type { Zod } from '../../unit.ts';

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What schemas made of plain functions look like from outside. */
const shapes = new WeakMap<object, () => JsonSchema>();

/** Says how a schema that checks by a function of ours is written in JSON Schema. */
export const withShape = <Schema extends z.ZodType>(schema: Schema, shape: () => JsonSchema): Schema => {
  shapes.set(schema, shape);
  return schema;
};

const shapeOf = (schema: z.core.$ZodType): JsonSchema | undefined => {
  // `.describe()` and `.meta()` make a copy whose parent is the schema that was registered
  for (let at: z.core.$ZodType | undefined = schema; at !== undefined; at = at._zod.parent) {
    const shape = shapes.get(at);
    if (shape !== undefined) return shape();
  }
  return undefined;
};

/** The JSON Schema of what may be written in a config, with descriptions and defaults. */
export const jsonSchemaOf = (zod: Zod, schema: z.core.$ZodType): JsonSchema => {
  const { '~standard': _, ...json } = zod.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      Object.assign(jsonSchema, shapeOf(zodSchema));
    },
  });
  return json;
};

/** The JSON Schema of a part, which names no draft of its own. */
export const partSchemaOf = (zod: Zod, schema: z.core.$ZodType): JsonSchema => {
  const { $schema: _, ...json } = jsonSchemaOf(zod, schema);
  return json;
};
