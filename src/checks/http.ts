import { ActionableError } from '../errors.ts';
import { defineUnit } from '../unit.ts';
import { questionFor, questionOptions } from '../wire/question-options.ts';
import { lookAt } from './answer.ts';
import type { Check } from './check.ts';
import { familyOption, overFamilies } from './families.ts';
import { timed } from './seen.ts';
import { parseStatuses } from './statuses.ts';

/** Asks for a page. Passes when the status fits, no redirect leads away, and the expected text is there. */
export const http = defineUnit({
  summary:
    'Asks for a page by HTTP: the status must fit, no redirect may lead away, an expected text must be there.',
  main: 'path',
  options: (zod) => ({
    ...questionOptions(zod, '/'),
    method: zod.enum(['GET', 'HEAD', 'OPTIONS']).default('GET').describe('Method of the request.'),
    status: zod
      .union([zod.string(), zod.int()])
      .refine(
        (list) => parseStatuses(String(list)) !== undefined,
        'statuses are a list such as "200-299,401"; 404 is never healthy',
      )
      .optional()
      .describe(
        'Statuses that pass, such as "200-299,401"; 404 never does. Absent: 2xx, and redirects within the same origin.',
      ),
    drainOn404: zod
      .boolean()
      .default(false)
      .describe(
        'A 404 means that the secondary is leaving: one that was up keeps its visitors and gets no new ones. Remove the page to take a web server out of service.',
      ),
    expect: zod
      .string()
      .min(1)
      .max(1000)
      .optional()
      .describe('Text that must be in the first 64 KiB of the answer, letter by letter.'),
    family: familyOption(zod),
  }),
  make: ({ method, status, expect, drainOn404, family: families, ...options }): Check => {
    if (method === 'HEAD' && expect !== undefined) {
      throw new ActionableError(
        'An http check with "method": "HEAD" cannot expect a text: the answer to HEAD has none.',
        'Take "expect" out, or ask with GET.',
      );
    }
    const statuses = status === undefined ? undefined : parseStatuses(String(status));
    return (subject, wire) =>
      overFamilies(families, (family) =>
        timed(wire.clock, async () => {
          // a page longer than 64 KiB is no fault: its beginning is enough to look at
          const question = { ...questionFor(subject, options, family), method, whenLonger: 'cut' } as const;
          const answer = await wire.ask(question);
          if (drainOn404 && answer.ok && answer.status === 404) return LEAVING;
          return answer.ok ? lookAt(answer, question, { statuses, expect }) : answer;
        }),
      );
  },
});

const LEAVING = { ok: true, leaving: true, detail: 'HTTP 404: it is leaving' } as const;
