import { printGiven } from './given.ts';
import type { JsonSchema } from './schema/json-schema.ts';

/** What a schema lets pass, in words: `a whole number from 1 to 65535`, `"redirect" or "page"`. */
export const wordsFor = (schema: JsonSchema): string => {
  const { title, type, examples } = schema;
  if (title !== undefined) {
    const shown = (examples ?? []).map((one) => printGiven(one)).join(', ');
    return shown === '' ? title : `${title} such as ${shown}`;
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices.map((one) => wordsOf(one)).join(' or ');
  if (schema.const !== undefined) return printGiven(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((one) => printGiven(one)).join(', ');
  switch (type) {
    case 'integer':
      return `a whole number${range(schema)}`;
    case 'number':
      return `a number${range(schema)}`;
    case 'boolean':
      return 'true or false';
    case 'string':
      // A pattern is for editors: to a person it says nothing.
      return `a text in double quotes${schema.default === undefined ? '' : ` such as ${printGiven(schema.default)}`}`;
    case 'array':
      return 'a list [ … ]';
    case 'object':
      return 'an object { … }';
    case 'null':
      return 'null';
    default:
      return '';
  }
};

const wordsOf = (schema: JsonSchema | boolean): string =>
  typeof schema === 'boolean' ? '' : wordsFor(schema);

const range = ({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string => {
  const least = bound(minimum);
  const most = bound(maximum);
  const over = bound(exclusiveMinimum);
  const under = bound(exclusiveMaximum);
  if (least !== undefined && most !== undefined) return ` from ${least} to ${most}`;
  const parts = [
    least === undefined ? '' : ` of at least ${least}`,
    over === undefined ? '' : ` above ${over}`,
    most === undefined ? '' : ` up to ${most}`,
    under === undefined ? '' : ` below ${under}`,
  ];
  return parts.join('');
};

/** A bound as text; those of JavaScript's own integers go without saying. */
const bound = (limit: number | boolean | undefined): string | undefined =>
  typeof limit !== 'number' || Math.abs(limit) === Number.MAX_SAFE_INTEGER ? undefined : String(limit);
