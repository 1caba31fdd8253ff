import type { RequestListener } from 'node:http';
import type { VisitReader } from '../../dispatch/visit/visit.ts';
import type { AccessFacts } from './access-facts.ts';
import { arrivalOf } from '../public/arrival-of.ts';

export interface LoggedParts {
  readonly reader: Pick<VisitReader, 'forwarded'>;
  readonly write: (facts: AccessFacts) => void;
  /** milliseconds since 1970 */
  readonly wall: () => number;
}

/** The same pages, each answer with its line in the access log once it is through. */
export const logged =
  (site: RequestListener, { reader, write, wall }: LoggedParts): RequestListener =>
  (request, response) => {
    const arrival = arrivalOf(request);
    // Now: nobody knows the address of a connection that is closed.
    const visitor = reader.forwarded(arrival).visitor();
    response.once('close', () => {
      // The visitor was gone before there was an answer.
      if (!response.headersSent) return;
      const isBare = arrival.method === 'HEAD' || response.statusCode === 304;
      write({
        visitor,
        atMs: wall(),
        method: arrival.method,
        url: arrival.url,
        version: arrival.version,
        status: response.statusCode,
        bytes: isBare ? 0 : Number(response.getHeader('content-length') ?? 0),
        referer: arrival.referer,
        userAgent: arrival.userAgent,
        secondary: '-',
        reason: 'local',
      });
    });
    site(request, response);
  };
