import { createServer } from 'node:net';
import type { Listen } from '../../config/settings.ts';
import { listenError } from '../listen-errors.ts';

/**
 * Sees that a port can be had before the threads share it: with `reusePort` the kernel would let a second Usher of the
 * same user listen on the same port in silence, and each would get half of the visitors. Port 0 becomes a free one, the
 * same for all threads.
 */
export const claimPort = async (listen: Listen): Promise<Listen> => {
  const { host, port, fd } = listen;
  if (fd !== undefined) return listen;
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once('error', reject);
  server.listen({ port, exclusive: true, ...(host === undefined ? {} : { host }) }, () => {
    const address = server.address();
    server.close(() => {
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
  try {
    return { ...listen, port: await promise };
  } catch (error) {
    throw listenError(error, `${host ?? '*'}:${String(port)}`, port);
  }
};
