import type { Instant } from '../model/clock.ts';
import type { LoadReport } from '../model/load-report.ts';
import { defineUnit } from '../unit.ts';
import { failed } from '../wire/failure.ts';
import { placeOf } from '../wire/place.ts';
import type { LoadReader, Reading } from './load-reader.ts';

type Wish = NonNullable<LoadReport['wish']>;

const WISHES: ReadonlyMap<string, Wish> = new Map([
  ['up', 'ready'],
  ['ready', 'ready'],
  ['drain', 'drain'],
  ['maint', 'maintenance'],
  ['down', 'down'],
  ['fail', 'down'],
  ['failed', 'down'],
  ['stopped', 'down'],
]);

/** Of several wishes in one answer the most cautious is heeded. */
const CAUTION: readonly Wish[] = ['down', 'maintenance', 'drain', 'ready'];

/**
 * Asks an agent as HAProxy's agent-check does: one line over TCP, such as `75%`, `up 50%` or `drain#backup runs`. Tells
 * `weightShare` (more than 100% counts as 100%) and `wish`; `maxconn:` means nothing here and is passed over.
 */
export const agent = defineUnit({
  summary:
    'A HAProxy agent: one line over TCP with the share of its weight it can take, or drain, maint, down.',
  main: 'port',
  options: (zod) => ({
    port: zod.int().min(1).max(65_535).describe('Port on which the agent listens, on the host of `at`.'),
    send: zod
      .string()
      .max(1000)
      .regex(/^[\x20-\x7e\t\n]*$/, 'printable ASCII')
      .optional()
      .describe('Text that the agent wants to hear first.'),
  }),
  make:
    ({ port, send }): LoadReader =>
    async ({ at: origin, timeoutMs }, wire) => {
      const at = wire.clock.now();
      const { host } = placeOf(origin);
      const answer = await wire.connect({
        host,
        port,
        timeoutMs,
        read: true,
        ...(send === undefined ? {} : { say: send }),
      });
      return answer.ok ? readLine(at, answer.text) : answer;
    },
});

const readLine = (at: Instant, text: string): Reading => {
  const line = text.split(/[\r\n]/, 1)[0] ?? '';
  const words = (line.split('#', 1)[0] ?? '')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  const wishes = new Set<Wish>();
  let weightShare: number | undefined;
  for (const word of words) {
    const wish = WISHES.get(word);
    const percent = /^(\d{1,6}(?:\.\d{1,6})?)%$/.exec(word)?.[1];
    if (wish !== undefined) wishes.add(wish);
    else if (percent !== undefined) weightShare = Math.min(1, Number(percent) / 100);
    else if (!/^maxconn:\d+$/.test(word)) return failed('garbage', `an agent does not say: ${line}`);
  }
  const wish = CAUTION.find((one) => wishes.has(one));
  if (wish === undefined && weightShare === undefined) return failed('garbage', 'the agent says nothing');
  return {
    ok: true,
    report: {
      at,
      ...(weightShare === undefined ? {} : { weightShare }),
      ...(wish === undefined ? {} : { wish }),
    },
  };
};
