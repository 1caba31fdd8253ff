import { ActionableError } from '../errors.ts';
import { defineUnit } from '../unit.ts';
import { questionFor, questionOptions } from '../wire/question-options.ts';
import { fieldOptions, placesIn } from './fields.ts';
import { parsePointer, valueAt } from './json-pointer.ts';
import type { LoadReader } from './load-reader.ts';
import { page } from './page.ts';
import { parseJson } from './parse-json.ts';
import { reportOf, reportOfObject } from './report.ts';

/**
 * Reads a page of JSON. Tells any of `running`, `sessions`, `busySeconds`, `done`, `answered`, `started` and `utilization`: those
 * that a pointer is given for or, without a pointer, those that stand under these names at the top of the document.
 */
export const json = defineUnit({
  summary: 'A page of JSON: numbers by their JSON pointers, or an object that names them as we do.',
  main: 'path',
  options: (zod) => {
    const isPointer = (text: string): boolean => parsePointer(text) !== undefined;
    return {
      ...questionOptions(zod, '/load.json'),
      pointer: zod
        .string()
        .max(1000)
        .refine(isPointer, 'not a JSON pointer')
        .optional()
        .describe('The JSON pointer of its load, such as "/load/running": the same as `running`.'),
      ...fieldOptions(zod, 'JSON pointer', isPointer),
    };
  },
  make: ({ pointer, ...options }): LoadReader => {
    if (pointer !== undefined && options.running !== undefined) {
      throw new ActionableError('"pointer" and "running" say the same thing twice.', 'Take one of them out.');
    }
    const running = pointer ?? options.running;
    const places = placesIn({ ...options, running }, parsePointer);
    return async (subject, wire) => {
      const at = wire.clock.now();
      const answer = await page(wire, questionFor(subject, options));
      if (!answer.ok) return answer;
      const parsed = parseJson(answer.body);
      if (!parsed.ok) return parsed;
      if (places.size === 0) return reportOfObject(at, parsed.value);
      return reportOf(
        at,
        Object.fromEntries([...places].map(([field, place]) => [field, valueAt(place, parsed.value)])),
      );
    };
  },
});
