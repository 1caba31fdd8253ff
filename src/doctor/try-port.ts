import { createServer } from 'node:net';
import { unbracketed } from '../model/ip-literal.ts';

/** Listens for a moment. @returns the system's code where this user cannot, such as `EACCES`; `undefined` where he can */
export const tryPort = ({
  host,
  port,
}: {
  readonly host?: string;
  readonly port: number;
}): Promise<string | undefined> =>
  new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message);
    });
    const place = { port, exclusive: true, ...(host === undefined ? {} : { host: unbracketed(host) }) };
    server.listen(place, () => {
      server.close(() => {
        resolve(undefined);
      });
    });
  });
