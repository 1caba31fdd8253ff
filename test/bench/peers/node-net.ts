import { createServer, type Socket } from 'node:net';
import { asProgram, toldToServe, type Told } from '../node-server.ts';
import { COOKIE_ATTRIBUTES, type Peer } from '../peer.ts';

/**
 * What Node itself allows: `node:net` that reads nothing. Whoever asks with the very bytes that were asked before gets
 * bytes that were made for these; only new ones are looked at. No program could be run like this: it takes anything for
 * a whole request, limits nobody, and knows no list that could change.
 */
export const nodeNet: Peer = {
  name: 'node-net',
  isFloor: true,
  prepare: asProgram(import.meta.url),
};

/** The answers to a head, one of which is drawn, and whether they are the last of their connection. */
interface Answers {
  readonly to: readonly [string, string];
  readonly isLast: boolean;
}

const answersTo = (asked: string, { secondaries, affinity }: Told): Answers => {
  const [, target = '/'] = /^\S+ (\S+)/.exec(asked) ?? [];
  const [, host = ''] = /\nhost: *([^:\r]*)/i.exec(asked) ?? [];
  const isLast = /\nconnection: *close/i.test(asked);
  const back = secondaries.find((each) => asked.includes(`usher=web${each}`));
  const answer = (drawn: number): string =>
    [
      'HTTP/1.1 302 Found',
      `Location: http://${host}:${back ?? drawn}${target}`,
      'Cache-Control: no-store',
      ...(affinity && back === undefined ? [`Set-Cookie: usher=web${drawn}; ${COOKIE_ATTRIBUTES}`] : []),
      `Date: ${new Date().toUTCString()}`,
      'Content-Length: 0',
      ...(isLast ? ['Connection: close'] : []),
      '\r\n',
    ].join('\r\n');
  return { to: [answer(secondaries[0]), answer(secondaries[1])], isLast };
};

const serve = (told: Told): void => {
  let known = '';
  let answers: Answers = { to: ['', ''], isLast: false };
  const waiting: Socket[] = [];
  const draw = (): string => answers.to[Math.random() < 0.5 ? 0 : 1];
  /** Together, when everything that had come was read: it wakes the other side once. */
  const flush = (): void => {
    for (const socket of waiting) socket.write(draw(), 'latin1');
    waiting.length = 0;
  };
  const take = (socket: Socket, chunk: Buffer): void => {
    const asked = chunk.toString('latin1');
    if (asked !== known) {
      if (waiting.length > 0) flush();
      known = asked;
      answers = answersTo(asked, told);
    }
    if (!answers.isLast) {
      if (waiting.push(socket) === 1) setImmediate(flush);
      return;
    }
    socket.write(draw(), 'latin1');
    if (socket.writableLength === 0) socket.destroy();
    else socket.end();
  };
  createServer((socket) => {
    const usual = socket.push.bind(socket);
    // Where it is pushed: the stream would keep it, tell of it and ask for more in a turn of its own.
    socket.push = (chunk: Buffer | null) => {
      if (chunk === null) return usual(chunk);
      take(socket, chunk);
      return true;
    };
    socket.on('end', () => socket.end()).on('error', () => socket.destroy());
  }).listen({ port: told.port, host: '127.0.0.1', backlog: 4096 });
};

if (import.meta.main) serve(toldToServe());
