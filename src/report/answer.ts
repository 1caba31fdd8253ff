import type { IncomingMessage, ServerResponse } from 'node:http';
import { printFigures, type Figures } from './figures.ts';

const HEADERS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

/** Answers with figures. */
export const answerWith = (request: IncomingMessage, response: ServerResponse, figures: Figures): void => {
  const body = printFigures(figures);
  response.writeHead(200, {
    ...HEADERS,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
};

const REFUSALS = {
  403: 'You may not ask this.',
  404: 'The figures are at /load.json.',
  405: 'Only GET and HEAD.',
  503: 'There are no figures:',
} as const;

/** Answers with a refusal, and why. */
export const refuse = (response: ServerResponse, status: keyof typeof REFUSALS, because = ''): void => {
  const body = `${`${REFUSALS[status]} ${because}`.trim()}\n`;
  response.writeHead(status, {
    ...HEADERS,
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    ...(status === 405 ? { Allow: 'GET, HEAD' } : {}),
    // whatever body the request has is not waited for
    Connection: 'close',
  });
  response.end(body);
};
