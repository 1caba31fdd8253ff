import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** A secondary that says of its load what a test has it say. */
export const startReporting = async (
  t: TestContext,
  tell: (seconds: number) => object,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> => {
  const startedAt = performance.now();
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const isLoad = request.url === '/load.json';
    response.end(isLoad ? JSON.stringify(tell((performance.now() - startedAt) / 1000)) : 'here');
  };
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  t.after(close);
  return { port: (server.address() as AddressInfo).port, close };
};
