import type { Arrival } from '../dispatch/arrival.ts';
import type { Answer } from '../dispatch/dispatch.ts';
import type { AccessFacts } from './access-log.ts';

/** One answer as the access log tells it. */
export const factsOf = (
  arrival: Arrival,
  { reply, id, because, visit }: Answer,
  wallMs: number,
): AccessFacts => ({
  visitor: (visit?.visitor ?? arrival.peer)(),
  atMs: wallMs,
  method: arrival.method,
  url: arrival.url,
  version: arrival.version,
  status: reply.status,
  bytes: reply.body === undefined || arrival.method === 'HEAD' ? 0 : Buffer.byteLength(reply.body),
  referer: arrival.referer,
  userAgent: arrival.userAgent,
  secondary: id ?? '-',
  reason: because,
});
