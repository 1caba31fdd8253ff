/** Headers of one connection, not of the message (RFC 9110 §7.6.1): each side of the relay has its own. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade', 'http2-settings', 'expect'],
]);

/** What only whoever carries may say of a visitor, whatever the visitor himself says. */
const OURS: ReadonlySet<string> = new Set([
  ...['host', 'forwarded', 'via', 'x-real-ip', 'x-forwarded-for', 'x-forwarded-proto'],
  ...['x-forwarded-host', 'x-forwarded-port', 'x-forwarded-server', 'x-forwarded-ssl', 'x-forwarded-prefix'],
]);

/** With `_` for `-` it is the same to CGI, PHP and WSGI, where headers become variables. */
const isOurs = (name: string): boolean =>
  OURS.has(name) || (name.includes('_') && OURS.has(name.replaceAll('_', '-')));

/**
 * Schemes that sign in a connection instead of a request: here visitors share those, and the next one would be taken for
 * whoever signed in before.
 */
const OF_THE_CONNECTION = /^\s*(?:NTLM|Negotiate)(?![\w-])/i;

/** The same in a list of schemes that may be taken. */
const OFFERED = /(^|,)\s*(?:NTLM|Negotiate)(?:\s+[\w.~+/-]+=*)?\s*(?=,|$)/gi;

/** What is left of the schemes that a secondary offers; empty: none. */
const offered = (value: string): string => value.replaceAll(OFFERED, '').replace(/^[\s,]+/, '');

/** By which others that relay know us, and we ourselves when it comes round in a circle. */
export const VIA = '1.1 usher';

/** Whether a request was carried by an Usher before. */
export const wasCarried = (raw: readonly string[]): boolean => {
  for (let at = 0; at + 1 < raw.length; at += 2) {
    if (raw[at]?.toLowerCase() === 'via' && raw[at + 1]?.includes(VIA) === true) return true;
  }
  return false;
};

/** What the secondary is told of the visitor. */
export interface VisitorFacts {
  /** value of the Host header */
  readonly host: string;
  readonly visitor: string;
  readonly scheme: string;
  /** the host and port that the visitor asked for */
  readonly forwardedHost: string;
  /** a cookie that he gets with this very answer, in front of his own */
  readonly cookie: string | undefined;
}

/**
 * The headers of a visitor's request as the secondary gets them, names and values in turn.
 *
 * @param raw names and values in turn, as they came
 */
export const onward = (raw: readonly string[], about: VisitorFacts): string[] => {
  const headers = ['host', about.host];
  const dropped = namedIn(raw, 'connection');
  let cookie = about.cookie ?? '';
  let via = '';
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? '';
    const value = raw[at + 1] ?? '';
    const lower = name.toLowerCase();
    if (lower === 'via') via += `${value}, `;
    if (HOP_BY_HOP.has(lower) || isOurs(lower) || dropped.has(lower)) continue;
    if (lower === 'authorization' && OF_THE_CONNECTION.test(value)) continue;
    if (lower === 'cookie') cookie = cookie === '' ? value : `${cookie}; ${value}`;
    else headers.push(name, value);
  }
  if (cookie !== '') headers.push('cookie', cookie);
  headers.push('x-forwarded-for', about.visitor, 'x-forwarded-proto', about.scheme);
  headers.push('x-forwarded-host', about.forwardedHost, 'via', via + VIA);
  return headers;
};

/** The headers of an answer, names in lower case. */
export type Answered = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a whole host or origin is told by one answer; here these are the primary's, and those of all other secondaries. */
const OF_THE_ORIGIN: ReadonlySet<string> = new Set([
  'strict-transport-security',
  'alt-svc',
  'clear-site-data',
  'nel',
  'report-to',
]);

const NOT_ASCII = /[^\u0000-\u007f]/;

/**
 * Of the secondary's answer what the visitor gets, names and values in turn. What speaks for the whole origin stays out.
 * Node refuses a file name that is not ASCII behind a length, and spoils it before one: it goes without.
 *
 * @param homeward where a Location leads for somebody who is carried
 */
export const backward = (answered: Answered, homeward: (location: string) => string): string[] => {
  const headers: string[] = [];
  const connection = answered['connection'];
  const dropped = tokensOf(typeof connection === 'string' ? connection : (connection ?? []).join(','));
  const hasOddName = NOT_ASCII.test(String(answered['content-disposition'] ?? ''));
  for (const [name, value] of Object.entries(answered)) {
    if (value === undefined || HOP_BY_HOP.has(name) || dropped.has(name)) continue;
    if (OF_THE_ORIGIN.has(name) || (name === 'content-length' && hasOddName)) continue;
    const isPlace = name === 'location' || name === 'content-location';
    for (const each of typeof value === 'string' ? [value] : value) {
      const given = name === 'www-authenticate' ? offered(each) : each;
      if (given !== '' || given === each) headers.push(name, isPlace ? homeward(given) : given);
    }
  }
  return headers;
};

const namedIn = (raw: readonly string[], header: string): ReadonlySet<string> => {
  let values = '';
  for (let at = 0; at + 1 < raw.length; at += 2) {
    if (raw[at]?.toLowerCase() === header) values += `${raw[at + 1] ?? ''},`;
  }
  return tokensOf(values);
};

const tokensOf = (list: string): ReadonlySet<string> =>
  new Set(list.split(',').map((token) => token.trim().toLowerCase()));
