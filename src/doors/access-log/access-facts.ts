import type { Arrival } from '../../dispatch/visit/arrival.ts';
import type { Answer } from '../../dispatch/answer.ts';
import type { VisitReader } from '../../dispatch/visit/visit.ts';
import type { Sent } from '../public/carrying.ts';

/** One answer, as the access log tells it. */
export interface AccessFacts {
  readonly visitor: string;
  /** milliseconds since 1970 */
  readonly atMs: number;
  /** empty: the head could not be read, and nothing more is known of the request */
  readonly method: string;
  /** the request target as it came */
  readonly url: string;
  /** of HTTP: `1.0` or `1.1` */
  readonly version: string;
  readonly status: number;
  /** of the body */
  readonly bytes: number;
  /** empty: none was sent */
  readonly referer: string;
  /** empty: none was sent */
  readonly userAgent: string;
  /** where the visitor was sent, or `-` */
  readonly secondary: string;
  /** why, in one word */
  readonly reason: string;
  /** names the decision; only with `debug` */
  readonly decision?: string | undefined;
}

interface About extends Pick<VisitReader, 'forwarded'> {
  readonly wallMs: number;
  readonly sent: Sent | undefined;
}

/** What there is to tell of an answer to what was no HTTP, or did not come in time. */
export const factsOfUnread = (visitor: string, status: number, wallMs: number): AccessFacts => ({
  ...{ visitor, atMs: wallMs, method: '', url: '', version: '', status, bytes: 0 },
  ...{ referer: '', userAgent: '', secondary: '-', reason: 'unread' },
});

/** What there is to tell of one answer of dispatch; of what was carried, as it was sent. */
export const factsOf = (
  arrival: Arrival,
  { reply, id, because, visit, decision }: Answer,
  { wallMs, sent, forwarded }: About,
): AccessFacts => ({
  visitor: (visit ?? forwarded(arrival)).visitor(),
  atMs: wallMs,
  method: arrival.method,
  url: arrival.url,
  version: arrival.version,
  status: sent?.status ?? reply.status,
  bytes:
    sent !== undefined
      ? sent.bytes
      : reply.body === undefined || arrival.method === 'HEAD'
        ? 0
        : Buffer.byteLength(reply.body),
  referer: arrival.referer,
  userAgent: arrival.userAgent,
  secondary: id ?? '-',
  reason: because,
  decision,
});
