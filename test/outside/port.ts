import { createServer } from 'node:net';

/** Below the ports that the kernel gives outgoing connections, above those that browsers refuse. */
const LOWEST = 12_000;
const HOW_MANY = 20_000;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen({ port, host: '::', exclusive: true }, () => server.close(() => resolve(true)));
  });

/** A port on which nobody listens, drawn by chance so that test files that run side by side seldom meet. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * HOW_MANY);
    if (await isFree(port)) return port;
  }
};
