import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reply } from '../../model/reply.ts';

/**
 * Sends a reply of the primary's own pages, beside whatever headers the response has already; HEAD gets no body.
 *
 * @param cookie value of a `Set-Cookie` header; absent: none
 */
export const sendReply = (
  { method }: Pick<IncomingMessage, 'method'>,
  response: ServerResponse,
  {
    reply: { status, headers, body = '' },
    cookie,
  }: { readonly reply: Reply; readonly cookie?: string | undefined },
): void => {
  for (let at = 0; at + 1 < headers.length; at += 2) {
    response.setHeader(headers[at] ?? '', headers[at + 1] ?? '');
  }
  if (cookie !== undefined) response.appendHeader('Set-Cookie', cookie);
  response.writeHead(status, { 'Content-Length': Buffer.byteLength(body) });
  response.end(method === 'HEAD' ? undefined : body);
};
