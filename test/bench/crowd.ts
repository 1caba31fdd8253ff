import { connect, type Socket } from 'node:net';

/** What the crowd says once everybody is in, and again when it is asked. */
export interface Crowd {
  /** connections that were answered and are still open */
  readonly open: number;
  readonly tookMs: number;
}

/** Connections that are being made at the same time. */
const LANES = 256;
const VISIT = 'GET /a/page HTTP/1.1\r\nHost: www.example.org\r\n';
/** A head that Usher's own reader leaves, connection and all, to Node. */
const HANDED_OVER = 'TE: trailers\r\n';

/** Whoever is not in by then stays outside. */
const PATIENCE_MS = 12_000;
/** Servers close a connection that asks nothing for some seconds: so long each waits before it asks again. */
const RESTS_MS = 3000;
const SWEEP_MS = 250;

interface Guest {
  readonly socket: Socket;
  askedAt: number;
}

/**
 * Opens that many connections, has a visit answered on each and keeps them open; then says how many there are, and again
 * on every line it reads.
 */
const gather = async (port: number, count: number, kind: string): Promise<void> => {
  const visit = `${VISIT}${kind === 'handed over' ? HANDED_OVER : ''}\r\n`;
  const startedAt = performance.now();
  let open = 0;
  let left = count;
  const guests = new Set<Guest>();
  const enter = (): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' });
      const guest: Guest = { socket, askedAt: performance.now() };
      socket.once('data', () => {
        open += 1;
        guests.add(guest);
        socket.on('close', () => {
          open -= 1;
          guests.delete(guest);
        });
        resolve();
      });
      socket.on('data', () => undefined);
      socket.on('end', resolve);
      socket.on('error', () => {
        resolve();
      });
      socket.write(visit);
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
  const asking = setInterval(() => {
    const now = performance.now();
    for (const guest of guests) {
      if (now - guest.askedAt < RESTS_MS) continue;
      guest.askedAt = now;
      guest.socket.write(visit);
    }
  }, SWEEP_MS);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS).unref());
  await Promise.race([late, Promise.all(Array.from({ length: LANES }, lane))]);
  left = 0;
  say();
  process.stdin.on('data', say);
  process.stdin.on('end', () => {
    clearInterval(asking);
    for (const { socket } of guests) socket.destroy();
  });
};

if (import.meta.main) {
  const [port = '', count = '', kind = ''] = process.argv.slice(2);
  await gather(Number(port), Number(count), kind);
}
