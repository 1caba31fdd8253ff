/** What a line of an access log tells of a visit. */
export interface LogLine {
  readonly address: string;
  readonly agent: string;
  readonly status: number;
  /** absent: the log does not tell */
  readonly tookMs?: number;
}

/** A line that is not a visit: a connection on which nothing was asked, or what no web server understands. */
export const NO_VISIT = 'no visit';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** `10/Oct/2025:13:55:36 +0200` and the bracket in front. */
const TIME = 27;

/** Method, target and protocol. */
const REQUEST = /^[^\s\\]+ \S.* HTTP\/\d/;

/** Nothing that a server serves takes longer than a day. */
const LONGEST_MS = 86_400_000;

/**
 * Reads a line in common or combined format, also with the name of the site in front, and with the time that the answer
 * took as the last field: whole microseconds (Apache's `%D`), or seconds with a point (nginx's `$request_time`).
 * Visitors write most of such a line; quotes in what they send are escaped by the server.
 *
 * @returns undefined where it is no such line
 */
export const readLogLine = (line: string): LogLine | typeof NO_VISIT | undefined => {
  // The name that a visitor logs in with stands in front, and may hold everything but a bare quote.
  const bracket = line.indexOf('] "');
  if (bracket === -1 || line[bracket - TIME] !== '[') return undefined;
  const requestEnd = closing(line, bracket + 3);
  if (requestEnd === -1) return undefined;
  const [, digits, more = ''] = /^ (\d{3}) (?:\d+|-)(?: (.*))?$/s.exec(line.slice(requestEnd + 1)) ?? [];
  const address = addressIn(line);
  if (digits === undefined || address === undefined) return undefined;
  const status = Number(digits);
  // a browser opens connections in stock, and closes what it did not need
  const request = line.slice(bracket + 3, requestEnd);
  if (status === 408 || request === '-') return NO_VISIT;
  // TLS at a port that speaks none (`"\x16\x03\x01"`), scanners with protocols of their own
  if ((status === 400 || status === 501) && !REQUEST.test(request)) return NO_VISIT;
  const { agent, rest } = agentIn(more);
  const tookMs = tookIn(rest);
  return { address, agent, status, ...(tookMs === undefined ? {} : { tookMs }) };
};

/** Where a quoted part ends that begins here; -1 where it does not. */
const closing = (line: string, from: number): number => {
  for (let at = from; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at;
  }
  return -1;
};

/** The first word, or the second where the name of the site comes first. */
const addressIn = (line: string): string | undefined => {
  const [first = '', second = '', third] = line.slice(0, 512).split(' ', 3);
  if (third === undefined || first === '') return undefined;
  const isSite = second !== '-' && /^[0-9a-f]*[.:][0-9a-f.:]+$/i.test(second);
  return isSite ? second : first;
};

/** The second quoted part behind the size of the answer, and what stands behind that. */
const agentIn = (text: string): { readonly agent: string; readonly rest: string } => {
  if (!text.startsWith('"')) return { agent: '', rest: text };
  const refererEnd = closing(text, 1);
  if (refererEnd === -1 || !text.startsWith(' "', refererEnd + 1)) return { agent: '', rest: '' };
  const agentEnd = closing(text, refererEnd + 3);
  if (agentEnd === -1) return { agent: '', rest: '' };
  return { agent: text.slice(refererEnd + 3, agentEnd), rest: text.slice(agentEnd + 1) };
};

/** The time that stands as the last word, if it does. */
const tookIn = (rest: string): number | undefined => {
  const word = rest.trimEnd().slice(rest.trimEnd().lastIndexOf(' ') + 1);
  const [, micros, seconds] = /^(?:(\d{1,15})|(\d{1,9}\.\d{1,9}))$/.exec(word) ?? [];
  const tookMs = micros === undefined ? Number(seconds) * 1_000 : Number(micros) / 1_000;
  return tookMs <= LONGEST_MS ? tookMs : undefined;
};
