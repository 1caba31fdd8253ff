import { once } from 'node:events';
import http from 'node:http';

/** An answer as far as guards matter. */
export interface Answer {
  readonly status: number;
  readonly location?: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** What a browser sends when somebody opens a bookmark. */
export const BOOKMARK = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

/** Asks once; the target goes out byte for byte. */
export const ask = async (
  port: number,
  target: string,
  headers: Readonly<Record<string, string>> = BOOKMARK,
  method = 'GET',
): Promise<Answer> => {
  const request = http.request({ host: '127.0.0.1', port, path: target, headers, method, agent: false });
  request.end();
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let body = '';
  for await (const chunk of response) body += String(chunk);
  const { statusCode = 0, headers: got } = response;
  return {
    status: statusCode,
    headers: got,
    body,
    ...(got.location === undefined ? {} : { location: got.location }),
  };
};
