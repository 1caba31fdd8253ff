/**
 * A request head as a door read it, before anything in it is believed. Both lanes of the public door make one; what
 * follows is the same for both.
 */
export interface Arrival {
  readonly method: string;
  /** the request target as it came */
  readonly url: string;
  /** the visitor came over TLS */
  readonly isSecure: boolean;
  /** `1.0` or `1.1` */
  readonly version: string;
  /** values of the Host headers; one is right */
  readonly hosts: readonly string[];
  readonly cookie: string;
  /** a body follows, or is announced */
  readonly hasBody: boolean;
  /** value of the Upgrade header in lower case, or empty */
  readonly upgrade: string;
  readonly forwardedFor: string;
  readonly forwardedProto: string;
  readonly forwardedHost: string;
  readonly userAgent: string;
  readonly referer: string;
  /** what the answer may be made of: the Accept header */
  readonly accept: string;
  /** what a browser does with the answer, `document`, `image` …; empty: it does not say, or is no browser */
  readonly dest: string;
  /** from where a browser was led here, `none`, `same-site` …; empty: it does not say */
  readonly site: string;
  /** a browser fetches it in advance, `prefetch` …; empty: it is wanted now */
  readonly purpose: string;
  /** it is asked for anew, whatever a cache holds */
  readonly isReload: boolean;
  /** wishes about the answer: the Prefer header */
  readonly prefer: string;
  /** the origin of the page whose script asks; empty: no script of another origin */
  readonly origin: string;
  /** of a CORS preflight: the method that is to follow; empty: it is none */
  readonly requestedMethod: string;
  /** of a CORS preflight: the names of the headers that are to follow */
  readonly requestedHeaders: string;
  /** Tells the address at the other end of the connection: one of IPv4 as such, one of IPv6 without a zone. */
  readonly peer: () => string;
}

/** What a door knows without the headers. */
type Line = Pick<Arrival, 'method' | 'url' | 'version' | 'isSecure' | 'peer'>;

/**
 * Reads the headers that matter out of Node's flat list of names and values.
 *
 * @param raw names and values in turn, as `IncomingMessage.rawHeaders`
 */
export const readArrival = (line: Line, raw: readonly string[]): Arrival => {
  const hosts: string[] = [];
  let cookie = '';
  let hasBody = false;
  let upgrade = '';
  let forwardedFor = '';
  let forwardedProto = '';
  let forwardedHost = '';
  let userAgent = '';
  let referer = '';
  let accept = '';
  let dest = '';
  let site = '';
  let purpose = '';
  let isReload = false;
  let prefer = '';
  let origin = '';
  let requestedMethod = '';
  let requestedHeaders = '';
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const value = raw[at + 1] ?? '';
    switch (lowerCased(raw[at] ?? '')) {
      case 'host':
        hosts.push(value);
        break;
      case 'cookie':
        cookie = cookie === '' ? value : `${cookie}; ${value}`;
        break;
      case 'content-length':
        hasBody ||= value !== '0';
        break;
      case 'transfer-encoding':
        hasBody = true;
        break;
      case 'upgrade':
        upgrade = value.toLowerCase();
        break;
      case 'user-agent':
        userAgent = value;
        break;
      case 'referer':
        referer = value;
        break;
      case 'accept':
        accept = accept === '' ? value : `${accept}, ${value}`;
        break;
      case 'sec-fetch-dest':
        dest = value;
        break;
      case 'sec-fetch-site':
        site = value;
        break;
      case 'sec-purpose':
      case 'purpose':
      case 'x-moz':
        purpose = value;
        break;
      case 'cache-control':
      case 'pragma':
        isReload = true;
        break;
      case 'prefer':
        prefer = prefer === '' ? value : `${prefer}, ${value}`;
        break;
      case 'origin':
        origin = value;
        break;
      case 'access-control-request-method':
        requestedMethod = value;
        break;
      case 'access-control-request-headers':
        requestedHeaders = value;
        break;
      case 'x-forwarded-for':
        forwardedFor = forwardedFor === '' ? value : `${forwardedFor},${value}`;
        break;
      case 'x-forwarded-proto':
        forwardedProto = value;
        break;
      case 'x-forwarded-host':
        forwardedHost = value;
        break;
    }
  }
  return {
    ...line,
    hosts,
    cookie,
    hasBody,
    upgrade,
    forwardedFor,
    forwardedProto,
    forwardedHost,
    userAgent,
    referer,
    accept,
    dest,
    site,
    purpose,
    isReload,
    prefer,
    origin,
    requestedMethod,
    requestedHeaders,
  };
};

/** The usual spellings, so that most names need no `toLowerCase`. */
const spellings = new Map(
  [
    'Host Cookie User-Agent Referer Accept Accept-Encoding Accept-Language Connection Content-Length',
    'Transfer-Encoding Upgrade Origin Sec-Fetch-Dest Sec-Fetch-Site X-Forwarded-For X-Forwarded-Proto X-Forwarded-Host',
  ].flatMap((names) => names.split(' ').map((name) => [name, name.toLowerCase()] as const)),
);
const lowerCased = (name: string): string => spellings.get(name) ?? name.toLowerCase();
