import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { http } from '../../node-http.ts';
import type { Response } from './answering.ts';
import { arrivalOf } from './arrival-of.ts';

/**
 * Takes over a connection whose request asks for another protocol, as Node's `upgrade` event hands it out: the socket, or,
 * in newer ones where a body is announced that has not come yet, a stream of what comes behind that body.
 */
export type Upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer) => void;

/** Only a WebSocket (RFC 6455, 4.1) needs the connection itself, and no body comes with one: all else is an ordinary request. */
export const needsConnection = (request: IncomingMessage): boolean => {
  const { upgrade, hasBody } = arrivalOf(request);
  return upgrade === 'websocket' && !hasBody && request.method === 'GET' && request.httpVersion === '1.1';
};

/** What is no WebSocket that is carried is answered by HTTP, and no more is heard of it. */
export const upgrading =
  (listener: (request: IncomingMessage, response: Response) => void): Upgrade =>
  (request, stream, head) => {
    const response = new http.ServerResponse(request);
    response.shouldKeepAlive = false;
    // Never the stream: it has not all that Node's HTTP asks of a socket.
    const { socket } = request;
    try {
      response.assignSocket(socket);
    } catch {
      // An earlier request has no answer yet: nothing may be written before that.
      socket.destroy();
      return;
    }
    // Node tells it no more, and whoever has much to say, or nobody to listen, would wait for ever.
    for (const event of ['drain', 'timeout']) {
      const tell = (): void => void response.emit(event);
      socket.on(event, tell);
      response.once('close', () => socket.off(event, tell));
    }
    response.once('finish', () => {
      socket.end(() => socket.destroy());
    });
    listener(request, Object.assign(response, { handshake: { socket: stream, head } }));
  };
