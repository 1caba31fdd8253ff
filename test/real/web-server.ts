import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web server on loopback, on a port that was free. */
export interface WebServer {
  readonly port: number;
  readonly origin: `http://${string}`;
  readonly stop: () => Promise<void>;
}

/** Starts a web server that answers as the listener does. */
export const startWebServer = (listener: RequestListener): Promise<WebServer> =>
  new Promise((resolve, reject) => {
    const server = createServer(listener);
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        port,
        origin: `http://127.0.0.1:${port}`,
        stop: () =>
          new Promise((stopped) => {
            server.close(() => {
              stopped();
            });
            server.closeAllConnections();
          }),
      });
    });
  });
