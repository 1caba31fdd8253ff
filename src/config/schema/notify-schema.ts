import type { z } from 'zod';
import type { Event } from '../../journal.ts';
import type { Zod } from '../../unit.ts';
import { byKind } from './by-kind.ts';
import { readUrl } from '../endpoint.ts';
import { flaw } from '../explain.ts';
import { duration } from './leaves.ts';
import { fitsOneOf } from '../likely.ts';
import { read, refuse } from '../read.ts';
import type { NoticeSettings } from '../settings.ts';
import { textLeaf } from './text-leaf.ts';

/** Every kind of event, and whether somebody is told of it who does not say what he wants to hear. */
const TOLD: Readonly<Record<Event['type'], boolean>> = {
  started: true,
  stopped: false,
  'health-changed': true,
  'state-changed': true,
  'secondary-added': false,
  'secondary-removed': false,
  held: true,
  'config-loaded': false,
  'config-refused': true,
  'config-unread': true,
  'config-edited': false,
  'maintenance-file': true,
  'restart-needed': false,
  'files-refused': true,
  'files-unwritten': true,
  'files-written': true,
  'files-contested': true,
  'load-lost': false,
  'load-found': false,
  'source-changed': true,
  'worker-started': false,
  'worker-ended': true,
  'thread-ended': true,
  'access-log-failed': true,
  'access-log-closed': true,
  'access-log-recovered': true,
  'asking-failed': true,
  'asking-recovered': true,
  'nobody-left': true,
  'somebody-back': true,
  'certificate-renewed': false,
  'certificate-refused': true,
  'geography-read': false,
  'geography-refused': true,
  'connections-dropped': true,
  'connections-scarce': true,
  'connections-few': true,
  'password-refused': false,
  'notices-failed': false,
  'notices-sent': false,
  'notices-lost': false,
  bug: true,
};

/** Nobody hears how telling goes: that would go round in a circle. */
const NEVER: ReadonlySet<string> = new Set(['notices-failed', 'notices-sent', 'notices-lost']);

const TYPES = (Object.keys(TOLD) as Event['type'][]).filter((type) => !NEVER.has(type));
const BY_DEFAULT = TYPES.filter((type) => TOLD[type]);

const MOST_TOLD = 16;

/** The schema of `notify`: who is told of events. */
export const notifySchema = (zod: Zod): z.ZodType<readonly NoticeSettings[]> => {
  const events = byKind(zod, '"all" or a list of events such as [ "health-changed" ]', {
    string: textLeaf(zod, { title: '"all"', examples: ['all'] }, (text) =>
      text === 'all' ? read(TYPES) : refuse('is no list of events', fitsOneOf(text, ['all'])),
    ),
    array: zod.array(zod.enum(TYPES)).min(1),
  });
  const one = zod
    .strictObject({
      webhook: textLeaf(
        zod,
        { title: 'a URL', examples: ['https://hooks.example.org/usher'], pattern: '^https?://' },
        (text) => (text.includes('#') ? refuse('holds a #', 'a URL without it') : readUrl(text)),
      )
        .optional()
        .describe('A URL that gets each event as JSON, by POST.'),
      headers: zod
        .record(
          zod.string().regex(/^[!#$%&'*+.^_`|~0-9a-z-]{1,100}$/i, 'not a header name'),
          zod
            .string()
            .max(2000)
            .regex(/^[\x20-\x7e\t]*$/, 'a header value is printable ASCII'),
        )
        .optional()
        .describe('Further request headers of the webhook, such as Authorization.'),
      exec: zod
        .tuple(
          [
            zod
              .string()
              .min(1)
              .max(4000)
              .regex(/^[^\0]*$/, 'no NUL'),
          ],
          zod
            .string()
            .max(4000)
            .regex(/^[^\0]*$/, 'no NUL'),
        )
        .optional()
        .describe(
          'A program and its arguments, run without a shell: gets the JSON on standard input, and USHER_EVENT, USHER_SECONDARY and USHER_TEXT in its environment.',
        ),
      events: events
        .optional()
        .describe(
          'Which events: a list of their types, or "all". Absent: those that somebody should look at.',
        ),
      timeout: duration(zod, { least: 100, most: 60_000 })
        .prefault('10s')
        .describe('How long the webhook or the program may take.'),
    })
    .transform(({ webhook, headers, exec, events: wanted, timeout }, ctx): NoticeSettings => {
      const about = { events: wanted ?? BY_DEFAULT, timeoutMs: timeout };
      if (webhook !== undefined && exec === undefined)
        return { to: { kind: 'webhook', url: webhook, headers: headers ?? {} }, ...about };
      if (exec !== undefined && webhook === undefined && headers === undefined)
        return { to: { kind: 'exec', argv: exec }, ...about };
      if (exec === undefined) ctx.addIssue(flaw('tells nobody', '"webhook": "https://…" or "exec": ["/…"]'));
      else {
        const strange = webhook === undefined ? 'headers' : 'webhook';
        ctx.addIssue({ ...flaw('stands beside "exec"', 'one of the two, or two entries'), path: [strange] });
      }
      return zod.NEVER;
    });
  return zod.array(one).max(MOST_TOLD);
};
