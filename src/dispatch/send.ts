import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reply } from '../model/reply.ts';
import { http } from '../node-http.ts';
import type { Answer } from './answer.ts';

/** What every answer of one second ends with. */
export interface Dated {
  /** value of the `Date` header */
  readonly date: string;
  /** the last headers of an answer without a body */
  readonly end: string;
}

/** The date of answers, put together once a second. */
export const rememberingDate = (wall: () => number): (() => Dated) => {
  let second = NaN;
  let dated: Dated = { date: '', end: '' };
  return () => {
    const now = Math.floor(wall() / 1000);
    if (now !== second) {
      second = now;
      const date = new Date(now * 1000).toUTCString();
      dated = { date, end: `Date: ${date}\r\nContent-Length: 0\r\n` };
    }
    return dated;
  };
};

/** What an answer's head holds beside the reply. */
interface Closing {
  readonly dated: Dated;
  /** the connection ends with this answer */
  readonly isLast: boolean;
}

/** The part of an answer that the visitor gets. */
type Sent = Pick<Answer, 'reply' | 'cookie'>;

/** The head of an answer as it goes over the wire: what `sendAnswer` has Node write, byte for byte. */
export const headOf = ({ reply, cookie }: Sent, { dated, isLast }: Closing): string => {
  let head = beginningOf(reply);
  if (cookie !== undefined) head = head + 'Set-Cookie: ' + cookie + '\r\n';
  return head + endOf(reply.body, dated) + (isLast ? 'Connection: close\r\n\r\n' : '\r\n');
};

/** Status line and the reply's own headers. Of a redirect, as nearly every answer is one, in few pieces. */
const beginningOf = ({ status, headers }: Reply): string => {
  const [name, location = '', other, value] = headers;
  const isRedirect = status === 302 && headers.length === 4 && name === 'Location';
  if (isRedirect && other === 'Cache-Control' && value === 'no-store')
    return 'HTTP/1.1 302 Found\r\nLocation: ' + location + '\r\nCache-Control: no-store\r\n';
  let head = statusLine(status);
  for (let at = 0; at + 1 < headers.length; at += 2)
    head += `${headers[at] ?? ''}: ${headers[at + 1] ?? ''}\r\n`;
  return head;
};

/** The headers that every answer ends with. */
const endOf = (body: string | undefined, { date, end }: Dated): string =>
  body === undefined ? end : `Date: ${date}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;

const statusLine = (status: number): string =>
  status === 302
    ? 'HTTP/1.1 302 Found\r\n'
    : `HTTP/1.1 ${String(status)} ${http.STATUS_CODES[status] ?? ''}\r\n`;

/** Sends an answer through Node's own HTTP. */
export const sendAnswer = (
  response: ServerResponse,
  { reply: { status, headers, body = '' }, cookie }: Sent,
  { dated, method, isLast }: Closing & { readonly method: string },
): void => {
  response.sendDate = false;
  const head = [...headers];
  if (cookie !== undefined) head.push('Set-Cookie', cookie);
  head.push('Date', dated.date, 'Content-Length', String(Buffer.byteLength(body)));
  if (isLast) head.push('Connection', 'close');
  else response.removeHeader('Connection');
  response.writeHead(status, head);
  response.end(method === 'HEAD' ? undefined : body);
};

/** Whether the visitor's own head ends the connection: an old HTTP, or his wish. */
export const wantsClose = (request: IncomingMessage): boolean =>
  request.httpVersion !== '1.1' || /\bclose\b/i.test(request.headers.connection ?? '');
