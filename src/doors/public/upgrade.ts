import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { http } from '../../node-http.ts';
import type { Response } from './answering.ts';

/** Takes over a connection whose request asks for another protocol, as Node's `upgrade` event hands it out. */
export type Upgrade = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

/** What is no WebSocket that is carried is answered by HTTP, and no more is heard of it. */
export const upgrading =
  (listener: (request: IncomingMessage, response: Response) => void): Upgrade =>
  (request, socket, head) => {
    const response = new http.ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once('finish', () => {
      socket.destroySoon();
    });
    listener(request, Object.assign(response, { handshake: { socket, head } }));
  };
