import { once } from 'node:events';
import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Origin } from '../../src/model/secondary.ts';

/** A server that does whatever a test wants with each connection, and forgets none when it stops. */
export interface TcpServer {
  readonly origin: Origin;
  readonly host: string;
  readonly port: number;
  /** connections so far */
  readonly visits: () => number;
  /** ends once no connection is open */
  readonly idle: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts one on a free port of 127.0.0.1, or of another address of this machine. */
export const startTcp = async (serve: (socket: Socket) => void, host = '127.0.0.1'): Promise<TcpServer> => {
  const open = new Set<Socket>();
  let visits = 0;
  const server = net.createServer((socket) => {
    visits += 1;
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => undefined);
    serve(socket);
  });
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    host,
    port,
    visits: () => visits,
    idle: async () => {
      await Promise.all(
        [...open].map((socket) => new Promise<void>((resolve) => void socket.once('close', () => resolve()))),
      );
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
};

/** Answers every request on a connection with these bytes, once its head is complete, and closes. */
export const answering = (bytes: string | Buffer) => (socket: Socket) => {
  let head = '';
  socket.on('data', (chunk: Buffer) => {
    head += chunk.toString('latin1');
    if (head.includes('\r\n\r\n')) socket.end(bytes);
  });
};
