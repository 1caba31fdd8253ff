import { bracketed, unbracketed } from '../model/ip-literal.ts';
import type { Origin } from '../model/secondary.ts';
import type { Zod } from '../unit.ts';
import { placeOf } from './place.ts';
import type { Subject } from './subject.ts';
import type { Family, HttpQuestion } from './wire.ts';

/** What every unit that asks by HTTP may be told, besides the method. */
export interface QuestionOptions {
  readonly path: string;
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Headers that belong to the connection, or have an option of their own. */
const NOT_FREE = [
  'host',
  'connection',
  'keep-alive',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'expect',
];

/** The options of `QuestionOptions`, for a unit that asks at `path` if nothing else is said. */
export const questionOptions = (zod: Zod, path: string) => ({
  path: zod
    .string()
    .max(2000)
    .regex(/^\/[\x21-\x22\x24-\x7e]*$/, 'a path begins with / and holds visible ASCII and no #')
    .default(path)
    .describe('Path and query that are asked for.'),
  port: zod
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe('Port that is asked, by plain HTTP, where it is not that of `at`, such as that of a reporter.'),
  host: zod
    .string()
    .max(260)
    .regex(/^([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/i, 'a host is a name or an address, and maybe :port')
    .optional()
    .describe(
      'Host header, where the secondary tells its sites apart by name; over TLS also the name in its certificate. Absent: the host of `at`.',
    ),
  headers: zod
    .record(
      zod
        .string()
        .regex(/^[!#$%&'*+.^_`|~0-9a-z-]{1,100}$/i, 'not a header name')
        .refine((name) => !NOT_FREE.includes(name.toLowerCase()), 'this header cannot be chosen'),
      zod
        .string()
        .max(2000)
        .regex(/^[\x20-\x7e\t]*$/, 'a header value is printable ASCII'),
    )
    .optional()
    .describe('Further request headers, such as Authorization.'),
});

/** The question that such options put to a secondary. */
export const questionFor = (
  { at, timeoutMs }: Subject,
  { path, port, host, headers }: QuestionOptions,
  family: Family = 'any',
): HttpQuestion => ({
  at: port === undefined ? at : besides(at, port),
  path,
  timeoutMs,
  family,
  headers: { ...headers, ...(host === undefined ? {} : { host }) },
  ...(host === undefined ? {} : { serverName: nameIn(host) }),
});

const nameIn = (host: string): string => unbracketed(host.replace(/:\d+$/, ''));

/** Another port of the same host. */
const besides = (at: Origin, port: number): Origin => {
  const { host } = placeOf(at);
  return `http://${bracketed(host)}:${port}`;
};
