import type { z } from 'zod';
import type { Zod } from '../../unit.ts';
import { flaw, MISSING } from '../explain.ts';
import { withShape, type JsonSchema } from './json-schema.ts';
import { refuse, type Read } from '../read.ts';
import { wordsFor } from '../words.ts';

/** What a text of a config looks like. */
export interface TextShape {
  /** with its article, e.g. `a duration` */
  readonly title: string;
  readonly examples: readonly string[];
  /** for editors; `readText` has the last word */
  readonly pattern?: string;
  /** how a wrong value was most likely meant */
  readonly likely?: (given: unknown) => string | undefined;
}

/** The schema of a text that a function of ours reads. */
export const textLeaf = <T>(zod: Zod, shape: TextShape, readText: (text: string) => Read<T>) => {
  const { likely, examples, ...rest } = shape;
  const json: JsonSchema = { type: 'string', ...rest, examples: [...examples] };
  const readGiven = (given: unknown): Read<T> => {
    if (given === undefined) return refuse(MISSING, wordsFor(json));
    const answer =
      typeof given === 'string' ? readText(given) : refuse(`is not ${shape.title}`, wordsFor(json));
    if (answer.ok) return answer;
    const guess = likely?.(given);
    return guess !== undefined && readText(guess).ok ? refuse(answer.what, JSON.stringify(guess)) : answer;
  };
  const schema: z.ZodType<T> = zod.unknown().transform((given, ctx): T => {
    const answer = readGiven(given);
    if (answer.ok) return answer.value;
    ctx.addIssue({ ...flaw(answer.what, answer.fits), input: given });
    return zod.NEVER;
  });
  return withShape(schema, () => json);
};
