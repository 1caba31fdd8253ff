import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { LAST_CHANCE_MS } from './limits.ts';

/**
 * The handshakes of a listener behind TLS that are not done, and who has said nothing since his. Node's HTTP does not know
 * the former yet, and in older Nodes takes the latter for somebody in the middle of a question.
 */
export interface Handshakes {
  /** Cuts those who have asked nothing a moment later; nobody new may come any more. */
  readonly endSoon: () => void;
  /** Cuts the handshakes at once. */
  readonly cut: () => void;
}

/** Keeps them from their first packet on. */
export const keepHandshakes = (server: Server): Handshakes => {
  /** by who is at the other end: the connection as it came is another object than the one that is secure */
  const open = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    const key = keyOf(socket);
    open.set(key, socket);
    socket.once('close', () => {
      if (open.get(key) === socket) open.delete(key);
    });
  });
  const done = new Set<Socket>();
  server.on('secureConnection', (socket: Socket) => {
    open.delete(keyOf(socket));
    done.add(socket);
    socket.once('close', () => done.delete(socket));
  });
  const cut = (): void => {
    for (const socket of open.values()) socket.destroy();
  };
  return {
    endSoon: () => {
      setTimeout(() => {
        cut();
        for (const socket of done) if (socket.bytesRead === 0) socket.destroy();
      }, LAST_CHANCE_MS).unref();
    },
    cut,
  };
};

const keyOf = ({ remoteAddress = '', remotePort = 0 }: Socket): string =>
  `${remoteAddress} ${String(remotePort)}`;
