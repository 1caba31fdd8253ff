import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { readArrival, type Arrival } from '../../dispatch/visit/arrival.ts';

/** A request of Node's as an arrival; in somebody's Express app `url` may have been cut, `originalUrl` is whole. */
export const arrivalOf = (request: IncomingMessage & { readonly originalUrl?: string }): Arrival => {
  // Asked now: a socket that has closed meanwhile does not know any more.
  const peer = request.socket.remoteAddress ?? '';
  return readArrival(
    {
      method: request.method ?? '',
      url: request.originalUrl ?? request.url ?? '',
      version: request.httpVersion,
      isSecure: (request.socket as Partial<TLSSocket>).encrypted === true,
      peer: () => peer,
    },
    request.rawHeaders,
  );
};
