import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { COOKIE_ATTRIBUTES, type Peer } from '../peer.ts';

/** The least one writes with plain `node:http`: hardly any parsing, no check, no list that could change. */
export const nodeHttp: Peer = {
  name: 'node-http',
  prepare: ({ port, secondaries, affinity }) =>
    Promise.resolve({
      argv: [
        process.execPath,
        fileURLToPath(import.meta.url),
        JSON.stringify({ port, secondaries, affinity } satisfies Told),
      ],
    }),
};

interface Told {
  readonly port: number;
  readonly secondaries: readonly [number, number];
  readonly affinity: boolean;
}

const serve = ({ port, secondaries, affinity }: Told): void => {
  createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const { cookie } = request.headers;
    const back =
      cookie === undefined ? undefined : secondaries.find((each) => cookie.includes(`usher=web${each}`));
    const to = back ?? secondaries[Math.random() < 0.5 ? 0 : 1];
    const [host = ''] = (request.headers.host ?? '').split(':', 1);
    response.writeHead(302, {
      Location: `http://${host}:${to}${request.url ?? '/'}`,
      'Cache-Control': 'no-store',
      ...(affinity && back === undefined ? { 'Set-Cookie': `usher=web${to}; ${COOKIE_ATTRIBUTES}` } : {}),
      'Content-Length': '0',
    });
    response.end();
  }).listen({ port, host: '127.0.0.1', backlog: 4096 });
};

if (import.meta.main) serve(JSON.parse(process.argv[2] ?? '') as Told);
