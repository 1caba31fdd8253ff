import { connect, type ConnectionOptions } from 'node:tls';

/** What visitors over TLS saw. */
export interface TlsVisits {
  readonly answers: number;
  readonly perSecond: number;
  /** share of the connections whose session was resumed */
  readonly resumed: number;
}

interface Visited {
  readonly session: Buffer | undefined;
  readonly isResumed: boolean;
}

const LANES = 16;

/** One visit over a connection of its own: a handshake, a question, an answer. */
const visit = (port: number, session: Buffer | undefined): Promise<Visited> =>
  new Promise((resolve, reject) => {
    const options: ConnectionOptions = {
      port,
      host: '127.0.0.1',
      servername: 'www.example.org',
      rejectUnauthorized: false,
    };
    let next: Buffer | undefined;
    let head = '';
    const socket = connect(session === undefined ? options : { ...options, session }, () => {
      socket.write('GET /a/page HTTP/1.1\r\nHost: www.example.org\r\nConnection: close\r\n\r\n');
    });
    socket.on('session', (ticket) => {
      next = ticket;
    });
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      head += chunk;
    });
    socket.on('end', () => {
      if (!head.startsWith('HTTP/1.1 302 ')) reject(new Error(`no redirect: ${head}`));
      resolve({ session: next, isResumed: socket.isSessionReused() });
    });
    socket.on('error', reject);
  });

const run = async (port: number, ms: number, isResuming: boolean): Promise<TlsVisits> => {
  const startedAt = performance.now();
  let answers = 0;
  let resumed = 0;
  const lane = async (): Promise<void> => {
    let session: Buffer | undefined;
    while (performance.now() - startedAt < ms) {
      const visited = await visit(port, isResuming ? session : undefined);
      session = visited.session ?? session;
      answers += 1;
      if (visited.isResumed) resumed += 1;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const seconds = (performance.now() - startedAt) / 1000;
  return { answers, perSecond: answers / seconds, resumed: resumed / answers };
};

if (import.meta.main) {
  const [port = '', ms = '', how = ''] = process.argv.slice(2);
  process.stdout.write(JSON.stringify(await run(Number(port), Number(ms), how === 'resumed')));
}
