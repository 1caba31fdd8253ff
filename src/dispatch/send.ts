import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reply } from '../model/reply.ts';

/** The `Date` header's value, made once a second. */
export const rememberingDate = (wall: () => number): (() => string) => {
  let second = -1;
  let text = '';
  return () => {
    const now = Math.floor(wall() / 1000);
    if (now !== second) {
      second = now;
      text = new Date(now * 1000).toUTCString();
    }
    return text;
  };
};

/** Sends a reply through Node's own HTTP: the same head, byte for byte, that the fast lane writes by itself. */
export const sendReply = (
  response: ServerResponse,
  { status, headers, body = '' }: Reply,
  { date, method, isLast }: { readonly date: string; readonly method: string; readonly isLast: boolean },
): void => {
  response.sendDate = false;
  const head = [...headers, 'Date', date, 'Content-Length', String(Buffer.byteLength(body))];
  if (isLast) head.push('Connection', 'close');
  else response.removeHeader('Connection');
  response.writeHead(status, head);
  response.end(method === 'HEAD' ? undefined : body);
};

/** The connection must not be used again: a body is on its way that nobody reads, or the visitor wants it so. */
export const isLastOn = (request: IncomingMessage, hasBody: boolean): boolean =>
  hasBody || request.httpVersion !== '1.1' || /\bclose\b/i.test(request.headers.connection ?? '');
