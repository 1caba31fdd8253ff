import { createServer } from 'node:http';
import { asProgram, toldToServe, type Told } from '../node-server.ts';
import { COOKIE_ATTRIBUTES, type Peer } from '../peer.ts';

/** The least one writes with plain `node:http`: hardly any parsing, no check, no list that could change. */
export const nodeHttp: Peer = {
  name: 'node-http',
  prepare: asProgram(import.meta.url),
};

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

if (import.meta.main) serve(toldToServe());
