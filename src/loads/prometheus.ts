import { ActionableError } from '../errors.ts';
import { defineUnit } from '../unit.ts';
import { failed } from '../wire/failure.ts';
import { questionFor, questionOptions } from '../wire/question-options.ts';
import { fieldOptions, placesIn } from './fields.ts';
import type { LoadReader } from './load-reader.ts';
import { numberIn } from './numbers.ts';
import { page } from './page.ts';
import { parseSelector, valuesOf } from './prometheus-text.ts';
import type { Selector } from './prometheus-text.ts';
import type { Field } from './report.ts';
import { reportOf } from './report.ts';

/** A node exporter alone says more than 64 KiB. */
const MOST_BYTES = 1_048_576;

/**
 * Reads a page of Prometheus metrics. Tells any of `running`, `sessions`, `busySeconds`, `done`, `answered`, `started` and
 * `utilization`: the sum of the series that the selector named for it means.
 */
export const prometheus = defineUnit({
  summary: 'A page of Prometheus metrics: the sums of the series that selectors name.',
  main: 'path',
  options: (zod) => {
    const isSelector = (text: string): boolean => parseSelector(text) !== undefined;
    return {
      ...questionOptions(zod, '/metrics'),
      metric: zod
        .string()
        .max(1000)
        .refine(isSelector, 'not a metric such as name{label="value"}')
        .optional()
        .describe('The metric of its load, such as "workers{state=\\"busy\\"}": the same as `running`.'),
      ...fieldOptions(zod, 'metric such as name{label="value"}', isSelector),
    };
  },
  make: ({ metric, ...options }): LoadReader => {
    if (metric !== undefined && options.running !== undefined) {
      throw new ActionableError('"metric" and "running" say the same thing twice.', 'Take one of them out.');
    }
    const running = metric ?? options.running;
    const places = placesIn({ ...options, running }, parseSelector);
    if (places.size === 0) {
      throw new ActionableError(
        'A prometheus load names no metric.',
        'Say which number is the load: { "prometheus": "/metrics", "metric": "name" }.',
      );
    }
    return async (subject, wire) => {
      const at = wire.clock.now();
      const question = questionFor(subject, options);
      const answer = await page(wire, {
        ...question,
        mostBytes: MOST_BYTES,
        headers: { accept: 'text/plain;version=0.0.4', ...question.headers },
      });
      if (!answer.ok) return answer;
      const told: Partial<Record<Field, number>> = {};
      for (const [field, selector] of places) {
        const sum = sumOf(answer.body, selector);
        if (sum === undefined) return failed('garbage', `no number for ${selector.name}`);
        told[field] = sum;
      }
      return reportOf(at, told);
    };
  },
});

const sumOf = (text: string, selector: Selector): number | undefined => {
  const numbers = valuesOf(text, selector)?.map(numberIn);
  if (numbers === undefined || numbers.length === 0) return undefined;
  return numbers.reduce(
    (sum, number) => (sum === undefined || number === undefined ? undefined : sum + number),
    0,
  );
};
