import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Answer } from '../../dispatch/answer.ts';
import { pathOf } from '../../model/path-of.ts';
import { keepHere } from './keep-here.ts';
import type { OwnPath } from './own-path.ts';
import { BACK, sendToOther, takeBack } from './other.ts';
import { publicStatus } from './public-status.ts';
import type { SiteParts } from './site-parts.ts';
import { wayIn } from './way-in.ts';

export interface OwnPathParts extends SiteParts {
  readonly send: (request: IncomingMessage, response: ServerResponse, answer: Answer) => void;
}

/**
 * Every path of Usher's own, one line each; any other under `/.usher/` is not found. Receipts, which come as often as
 * visits, are taken in beside these.
 */
export const ownPaths = (parts: OwnPathParts): readonly OwnPath[] => [
  { path: '/.usher/other', method: 'GET', through: 'express', answer: sendToOther(parts) },
  { path: BACK, method: 'GET', through: 'express', answer: takeBack(parts) },
  { path: '/.usher/lifeline', method: 'GET', through: 'node', answer: isHere },
  { path: '/.usher/relay', method: 'GET', through: 'node', answer: keepHere(parts) },
  ...wayIn(parts),
  ...publicStatus(parts),
];

/** Any answer tells the service worker of a secondary that the primary is there. */
const isHere: RequestListener = (_request, response) => {
  response.writeHead(204, { 'Cache-Control': 'no-store' }).end();
};

/** Finds who answers a request straight from Node's HTTP; `undefined`: nobody, it is for Express. */
export const plainPaths = (
  paths: readonly OwnPath[],
): ((request: IncomingMessage) => RequestListener | undefined) => {
  const plain = new Map(
    paths.flatMap((each) => (each.through === 'node' ? [[`${each.method} ${each.path}`, each.answer]] : [])),
  );
  return ({ method = '', url = '' }) => plain.get(`${method === 'HEAD' ? 'GET' : method} ${pathOf(url)}`);
};
