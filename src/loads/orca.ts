import type { Instant } from '../model/clock.ts';
import { defineUnit } from '../unit.ts';
import { failed } from '../wire/failure.ts';
import { questionFor, questionOptions } from '../wire/question-options.ts';
import type { HttpAnswer } from '../wire/wire.ts';
import type { LoadReader, Reading } from './load-reader.ts';
import { numberIn } from './numbers.ts';
import { page } from './page.ts';
import { parseJson } from './parse-json.ts';
import { reportOf } from './report.ts';

/**
 * Reads an ORCA report (Open Request Cost Aggregation, as Envoy and gRPC use it) from the response header
 * `endpoint-load-metrics` or, without one, from the body, written `TEXT cpu_utilization=0.3, …` or `JSON {…}`. Tells
 * `utilization`: `application_utilization` if it is above 0, else `cpu_utilization`, as gRPC reads them (gRFC A51), and
 * `running` from one of its named metrics. Rates, such as `rps_fractional`, are no counters and are left alone.
 */
export const orca = defineUnit({
  summary:
    'An ORCA load report in the header or body of an answer: utilization, and a named metric as its load.',
  main: 'path',
  options: (zod) => ({
    ...questionOptions(zod, '/'),
    metric: zod.string().min(1).max(200).optional().describe('The named metric that counts as running.'),
  }),
  make:
    ({ metric, ...options }): LoadReader =>
    async (subject, wire) => {
      const at = wire.clock.now();
      const question = questionFor(subject, options);
      const answer = await page(wire, {
        ...question,
        whenLonger: 'cut',
        headers: { 'endpoint-load-metrics-format': 'TEXT', ...question.headers },
      });
      if (!answer.ok) return answer;
      const metrics = metricsIn(answer);
      if (metrics === undefined) return failed('garbage', 'no ORCA report in header or body');
      return report(at, metrics, metric);
    },
});

type Metrics = ReadonlyMap<string, unknown>;

const report = (at: Instant, metrics: Metrics, metric: string | undefined): Reading => {
  const application = metrics.get('application_utilization');
  const utilization =
    application === undefined || numberIn(application) === 0
      ? (metrics.get('cpu_utilization') ?? application)
      : application;
  return reportOf(at, {
    ...(utilization === undefined ? {} : { utilization }),
    ...(metric === undefined ? {} : { running: metrics.get(`named_metrics.${metric}`) }),
  });
};

const metricsIn = ({ headers, body }: HttpAnswer): Metrics | undefined => {
  const text = (headers['endpoint-load-metrics'] ?? body).trim();
  if (/^TEXT\s/i.test(text)) return ofText(text.slice(5));
  return ofJson(text.replace(/^JSON\s+/i, ''));
};

const ofText = (text: string): Metrics | undefined => {
  const metrics = new Map<string, unknown>();
  for (const pair of text.split(',')) {
    const [, name, value] = /^\s*([^\s=]+)\s*=\s*(\S+)\s*$/.exec(pair) ?? [];
    if (name === undefined || metrics.has(name)) return undefined;
    metrics.set(name, value);
  }
  return metrics;
};

const ofJson = (text: string): Metrics | undefined => {
  const parsed = parseJson(text);
  if (!parsed.ok || !isObject(parsed.value)) return undefined;
  const metrics = new Map<string, unknown>();
  for (const [name, value] of Object.entries(parsed.value)) {
    const ours = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    if (ours !== 'named_metrics') metrics.set(ours, value);
    else if (isObject(value)) {
      for (const [named, number] of Object.entries(value)) metrics.set(`${ours}.${named}`, number);
    }
  }
  return metrics;
};

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
