import { createServer } from 'node:net';

/** Below the ports that the kernel gives outgoing connections, above those that browsers refuse. */
const LOWEST = 12_000;
const HOW_MANY = 20_000;
/** Test files run as processes side by side: each begins in a stretch of its own. */
const STRETCH = 50;

let given = (process.pid * STRETCH) % HOW_MANY;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen({ port, host: '::', exclusive: true }, () => server.close(() => resolve(true)));
  });

/** A port on which nobody listens, and that this process was not given before. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = LOWEST + given;
    given = (given + 1) % HOW_MANY;
    if (await isFree(port)) return port;
  }
};
