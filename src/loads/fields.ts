import type { z } from 'zod';
import type { Zod } from '../unit.ts';
import { FIELDS } from './report.ts';
import type { Field } from './report.ts';

const MEANINGS: Readonly<Record<Field, string>> = {
  running: 'requests in service now, or whatever number is its load',
  sessions: 'sessions it holds now',
  busySeconds: 'seconds it spent serving since it started',
  done: 'requests completed with success since it started',
  answered: 'requests answered since it started, errors among them',
  started: 'sessions begun since it started',
  utilization: 'share of its capacity in use, 1 is all',
};

/**
 * One option a number, each saying where in the answer that number stands.
 *
 * @param kind what such a place is called, e.g. `JSON pointer`
 * @param isPlace whether a text is one
 */
export const fieldOptions = (zod: Zod, kind: string, isPlace: (text: string) => boolean) =>
  Object.fromEntries(
    FIELDS.map((field) => [
      field,
      zod
        .string()
        .max(1000)
        .refine(isPlace, `not a ${kind}`)
        .optional()
        .describe(`The ${kind} of: ${MEANINGS[field]}.`),
    ]),
  ) as Record<Field, z.ZodOptional<z.ZodString>>;

/** The places that were named, each parsed. */
export const placesIn = <Place>(
  options: Readonly<Partial<Record<Field, string | undefined>>>,
  parse: (text: string) => Place | undefined,
): ReadonlyMap<Field, Place> => {
  const places = new Map<Field, Place>();
  for (const field of FIELDS) {
    const text = options[field];
    const place = text === undefined ? undefined : parse(text);
    if (place !== undefined) places.set(field, place);
  }
  return places;
};
