import { connect, type Socket } from 'node:net';

/** Sends the pieces one by one, each after the last has gone out, and collects everything until the other end closes. */
export const exchange = async (
  port: number,
  pieces: readonly string[],
  { ends = false } = {},
): Promise<string> => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const { promise, resolve } = Promise.withResolvers<string>();
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  socket.on('error', () => {
    resolve(text);
  });
  socket.on('close', () => {
    resolve(text);
  });
  for (const piece of pieces) await written(socket, piece);
  if (ends) socket.end();
  return promise;
};

const written = (socket: Socket, piece: string): Promise<void> =>
  new Promise((resolve) => {
    socket.write(piece, 'latin1', () => {
      // the next piece in a segment of its own
      setImmediate(resolve);
    });
  });
