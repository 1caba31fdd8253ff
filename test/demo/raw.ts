import { connect } from 'node:net';

/** Sends bytes as they are and resolves with whatever came back until the connection ended. */
export const sayRaw = (port: number, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    let heard = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      heard += chunk;
    });
    socket.on('end', () => {
      resolve(heard);
    });
    socket.on('error', reject);
  });
