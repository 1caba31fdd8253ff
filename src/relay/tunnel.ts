import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../model/clock.ts';
import { carry } from './carry.ts';
import type { Journey, Passed } from './freight.ts';
import { joinSockets } from './join-sockets.ts';

/** A WebSocket may be quiet for so many times as long as a request. */
const QUIETER = 10;

/** A handshake for another protocol, with the socket that is free for it. */
export interface Handshake {
  readonly socket: Duplex;
  /** what came behind it already */
  readonly head: Buffer;
}

export interface TunnelParts {
  readonly clock: Clock;
  readonly handshake: Handshake;
  /** WebSockets that are open, for whoever ends them */
  readonly tunnels: Set<Duplex>;
}

/**
 * Carries a WebSocket over the socket that its handshake came on; where the secondary does not want it, what it says
 * instead, by the response.
 */
export const tunnel = (
  response: ServerResponse,
  journey: Journey,
  { clock, handshake, tunnels }: TunnelParts,
): Promise<Passed> => {
  const { socket, head } = handshake;
  const { passage, idleMs } = journey;
  const open = async (headers: readonly string[], upstream: Duplex): Promise<number> => {
    socket.write(headOfUpgrade(headers), 'latin1');
    if (head.length > 0) upstream.write(head);
    tunnels.add(socket);
    const bytes = await joinSockets(socket, upstream, { passage, idleMs: idleMs * QUIETER });
    tunnels.delete(socket);
    return bytes;
  };
  return carry(response, journey, { clock, open });
};

const headOfUpgrade = (headers: readonly string[]): string => {
  let head = 'HTTP/1.1 101 Switching Protocols\r\n';
  for (let at = 0; at + 1 < headers.length; at += 2)
    head += `${headers[at] ?? ''}: ${headers[at + 1] ?? ''}\r\n`;
  return `${head}connection: upgrade\r\nupgrade: websocket\r\n\r\n`;
};
