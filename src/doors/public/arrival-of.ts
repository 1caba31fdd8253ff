import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { readArrival, type Arrival } from '../../dispatch/visit/arrival.ts';
import { plainPeer } from '../../dispatch/visit/proxies.ts';

/** The address at the other end of a connection; empty once it is closed. */
export const peerAt = ({ remoteAddress = '' }: Pick<Socket, 'remoteAddress'>): string =>
  plainPeer(remoteAddress);

/** A request of Node's as an arrival; in somebody's Express app `url` may have been cut, `originalUrl` is whole. */
export const arrivalOf = (request: IncomingMessage & { readonly originalUrl?: string }): Arrival => {
  // Asked now: a socket that has closed meanwhile does not know any more.
  const peer = peerAt(request.socket);
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
