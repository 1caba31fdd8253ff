import type { IncomingMessage, ServerResponse } from 'node:http';
import { http } from '../node-http.ts';
import type { Answer } from './answer.ts';

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

/** What an answer's head holds beside the reply. */
interface Closing {
  readonly date: string;
  /** the connection ends with this answer */
  readonly isLast: boolean;
}

/** The part of an answer that the visitor gets. */
type Sent = Pick<Answer, 'reply' | 'cookie'>;

/** The head of an answer as it goes over the wire: what `sendAnswer` has Node write, byte for byte. */
export const headOf = ({ reply, cookie }: Sent, { date, isLast }: Closing): string => {
  const { status, headers, body } = reply;
  let head = statusLine(status);
  for (let at = 0; at + 1 < headers.length; at += 2)
    head += `${headers[at] ?? ''}: ${headers[at + 1] ?? ''}\r\n`;
  if (cookie !== undefined) head += `Set-Cookie: ${cookie}\r\n`;
  const length = body === undefined ? '0' : String(Buffer.byteLength(body));
  head += `Date: ${date}\r\nContent-Length: ${length}\r\n`;
  return isLast ? `${head}Connection: close\r\n\r\n` : `${head}\r\n`;
};

const statusLine = (status: number): string =>
  status === 302
    ? 'HTTP/1.1 302 Found\r\n'
    : `HTTP/1.1 ${String(status)} ${http.STATUS_CODES[status] ?? ''}\r\n`;

/** Sends an answer through Node's own HTTP. */
export const sendAnswer = (
  response: ServerResponse,
  { reply: { status, headers, body = '' }, cookie }: Sent,
  { date, method, isLast }: Closing & { readonly method: string },
): void => {
  response.sendDate = false;
  const head = [...headers];
  if (cookie !== undefined) head.push('Set-Cookie', cookie);
  head.push('Date', date, 'Content-Length', String(Buffer.byteLength(body)));
  if (isLast) head.push('Connection', 'close');
  else response.removeHeader('Connection');
  response.writeHead(status, head);
  response.end(method === 'HEAD' ? undefined : body);
};

/** Whether the visitor's own head ends the connection: an old HTTP, or his wish. */
export const wantsClose = (request: IncomingMessage): boolean =>
  request.httpVersion !== '1.1' || /\bclose\b/i.test(request.headers.connection ?? '');
