import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { LAST_CHANCE_MS } from './fast-lane.ts';

/** The handshakes of a listener behind TLS that are not done. Node's HTTP does not know their connections yet. */
export interface Handshakes {
  /** Cuts those that are not done a moment later; nobody new may come any more. */
  readonly endSoon: () => void;
  /** Cuts them at once. */
  readonly cut: () => void;
}

/** Keeps them from their first packet on. */
export const keepHandshakes = (server: Server): Handshakes => {
  /** by who is at the other end: the connection as it came is another object than the one that is secure */
  const open = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    open.set(peer, socket);
    socket.once('close', () => {
      if (open.get(peer) === socket) open.delete(peer);
    });
  });
  server.on('secureConnection', (socket: Socket) => open.delete(peerOf(socket)));
  const cut = (): void => {
    for (const socket of open.values()) socket.destroy();
  };
  return {
    endSoon: () => {
      setTimeout(cut, LAST_CHANCE_MS).unref();
    },
    cut,
  };
};

const peerOf = ({ remoteAddress = '', remotePort = 0 }: Socket): string =>
  `${remoteAddress} ${String(remotePort)}`;
