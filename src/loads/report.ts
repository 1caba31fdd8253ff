import type { Instant } from '../model/clock.ts';
import { failed } from '../wire/failure.ts';
import type { Reading } from './load-reader.ts';
import { numberIn } from './numbers.ts';

/** The numbers that a secondary may tell; what each means is said in `LoadReport`. */
export const FIELDS = [
  'running',
  'sessions',
  'busySeconds',
  'done',
  'answered',
  'started',
  'utilization',
] as const;

/** One of them. */
export type Field = (typeof FIELDS)[number];

/**
 * Makes a report of what was told. One value that is no number refuses the whole: whoever talks nonsense once is not
 * believed in the rest. So does an answer that tells nothing.
 *
 * @param at when it was asked for
 * @param told values as they came; a field that is not there was not told
 */
export const reportOf = (at: Instant, told: Readonly<Partial<Record<Field, unknown>>>): Reading => {
  const numbers: Partial<Record<Field, number>> = {};
  for (const field of FIELDS) {
    if (!Object.hasOwn(told, field)) continue;
    const number = numberIn(told[field]);
    if (number === undefined) return failed('garbage', `${field} is no number: ${shown(told[field])}`);
    numbers[field] = number;
  }
  if (Object.keys(numbers).length === 0) return failed('garbage', 'the answer tells nothing of its load');
  return { ok: true, report: { at, ...numbers } };
};

const shown = (value: unknown): string => {
  if (value === undefined) return 'nothing is there';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** Makes a report of an object that calls its values as we do. */
export const reportOfObject = (at: Instant, value: unknown): Reading =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? reportOf(at, value)
    : failed('garbage', `not an object with ${FIELDS.join(', ')}`);
