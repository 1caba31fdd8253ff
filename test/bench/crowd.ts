import { connect, type Socket } from 'node:net';

/** What the crowd says once everybody is in, and again when it is asked. */
export interface Crowd {
  /** connections that were answered and are still open */
  readonly open: number;
  readonly tookMs: number;
}

/** Connections that are being made at the same time. */
const LANES = 256;
const VISIT = 'GET /a/page HTTP/1.1\r\nHost: www.example.org\r\n\r\n';

/** Opens that many connections, has one visit answered on each and leaves them open; then says so on every line it reads. */
const gather = async (port: number, count: number): Promise<void> => {
  const startedAt = performance.now();
  let open = 0;
  let left = count;
  const sockets: Socket[] = [];
  const enter = (): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' });
      sockets.push(socket);
      socket.once('data', () => {
        open += 1;
        socket.on('close', () => (open -= 1));
        resolve();
      });
      socket.on('data', () => undefined);
      socket.on('end', resolve);
      socket.on('error', () => {
        resolve();
      });
      socket.write(VISIT);
    });
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await enter();
    }
  };
  const say = (): void => {
    const crowd: Crowd = { open, tookMs: performance.now() - startedAt };
    process.stdout.write(`${JSON.stringify(crowd)}\n`);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  say();
  process.stdin.on('data', say);
  process.stdin.on('end', () => {
    for (const socket of sockets) socket.destroy();
  });
};

if (import.meta.main) {
  const [port = '', count = ''] = process.argv.slice(2);
  await gather(Number(port), Number(count));
}
