import type { Instant } from '../model/clock.ts';
import { defineUnit } from '../unit.ts';
import { failed } from '../wire/failure.ts';
import { questionFor, questionOptions } from '../wire/question-options.ts';
import type { LoadReader, Reading } from './load-reader.ts';
import { page } from './page.ts';
import { reportOf } from './report.ts';

/**
 * Reads nginx's stub_status. Tells `running` (connections whose request is being read or answered, without this probe's)
 * and `answered` (all requests so far). It knows of no sessions: its counter of accepted connections is none, a browser
 * opens up to six.
 */
export const nginx = defineUnit({
  summary: "nginx's stub_status: connections at work, requests so far.",
  main: 'path',
  options: (zod) => questionOptions(zod, '/nginx_status'),
  make:
    (options): LoadReader =>
    async (subject, wire) => {
      const at = wire.clock.now();
      const answer = await page(wire, questionFor(subject, options));
      return answer.ok ? readStatus(at, answer.body) : answer;
    },
});

const STATUS =
  /^Active connections:\s+\d+\s+server accepts handled requests\s+\d+\s+\d+\s+(\d+)\s+Reading:\s+(\d+)\s+Writing:\s+(\d+)\s+Waiting:\s+\d+\s*$/;

const readStatus = (at: Instant, text: string): Reading => {
  const [, answered, reading, writing] = STATUS.exec(text) ?? [];
  if (answered === undefined) return failed('garbage', `not the page of stub_status: ${text.slice(0, 60)}`);
  return reportOf(at, { running: Math.max(0, Number(reading) + Number(writing) - 1), answered });
};
