import type { Arrival } from '../../dispatch/visit/arrival.ts';

/**
 * Request line, then header lines of visible ASCII: no folding, no bare CR or LF, no space before the colon. A POST is
 * read only where nobody reads a body: a receipt.
 */
const SHAPE =
  /(?:GET|HEAD|POST(?= \/\.usher\/receipt\?)) \/[\x21\x22\x24-\x7e]* HTTP\/1\.1\r\n(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e]*\r\n)+\r\n/y;

/** A longer head goes to Node, which counts its lines and bytes. */
const LONGEST = 8192;
const MOST_LINES = 100;

/** An arrival with what the fast lane itself must know. */
export interface Head extends Arrival {
  /** where the next head begins */
  readonly endsAt: number;
  readonly isLast: boolean;
}

const COLON = 58;
const G = 71;
const H = 72;
const P = 80;
const AFTER_URL = ' HTTP/1.1\r\n';

/**
 * The head that stands at `from`, or nothing where Node had better read it: it has no doubt, or no opinion.
 *
 * @param text bytes as they came, one a letter (latin1)
 */
export const readHead = (text: string, from: number, peer: Arrival['peer']): Head | undefined => {
  SHAPE.lastIndex = from;
  // Only asks whether it fits, and reads the parts out of the text itself: no array of copies for every head.
  if (!SHAPE.test(text)) return undefined;
  const endsAt = SHAPE.lastIndex;
  if (endsAt - from > LONGEST) return undefined;
  const initial = text.charCodeAt(from);
  const method = initial === G ? 'GET' : initial === H ? 'HEAD' : 'POST';
  const urlAt = from + method.length + 1;
  const urlEnd = text.indexOf(' ', urlAt);
  const url = text.slice(urlAt, urlEnd);
  let host = '';
  let hosts = 0;
  let cookie = '';
  let userAgent = '';
  let referer = '';
  let accept = '';
  let dest = '';
  let site = '';
  let purpose = '';
  let isReload = false;
  let prefer = '';
  let origin = '';
  let isLast = false;
  let lengths = 0;
  let at = urlEnd + AFTER_URL.length;
  let count = 0;
  while (at < endsAt - 2) {
    const end = text.indexOf('\r\n', at);
    const colon = text.indexOf(':', at);
    count += 1;
    switch (colon - at) {
      case 2:
        if (isName(text, at, 'te')) return undefined;
        break;
      case 4:
        if (isName(text, at, 'host')) {
          host = valueAt(text, colon, end);
          hosts += 1;
        }
        break;
      case 5:
        if (isName(text, at, 'x-moz')) purpose = valueAt(text, colon, end);
        break;
      case 6:
        if (isName(text, at, 'cookie')) {
          const value = valueAt(text, colon, end);
          cookie = cookie === '' ? value : `${cookie}; ${value}`;
        } else if (isName(text, at, 'accept')) {
          const value = valueAt(text, colon, end);
          accept = accept === '' ? value : `${accept}, ${value}`;
        } else if (isName(text, at, 'origin')) origin = valueAt(text, colon, end);
        else if (isName(text, at, 'prefer')) {
          const value = valueAt(text, colon, end);
          prefer = prefer === '' ? value : `${prefer}, ${value}`;
        } else if (isName(text, at, 'pragma')) isReload = true;
        else if (isName(text, at, 'expect')) return undefined;
        break;
      case 7:
        if (isName(text, at, 'referer')) referer = valueAt(text, colon, end);
        else if (isName(text, at, 'purpose')) purpose = valueAt(text, colon, end);
        else if (isName(text, at, 'upgrade') || isName(text, at, 'trailer')) return undefined;
        break;
      case 10:
        if (isName(text, at, 'user-agent')) userAgent = valueAt(text, colon, end);
        else if (isName(text, at, 'connection')) {
          const value = valueAt(text, colon, end).toLowerCase();
          if (value === 'close') isLast = true;
          else if (value !== 'keep-alive') return undefined;
        }
        break;
      case 11:
        if (isName(text, at, 'sec-purpose')) purpose = valueAt(text, colon, end);
        break;
      case 13:
        if (isName(text, at, 'cache-control')) isReload = true;
        break;
      case 14:
        if (isName(text, at, 'sec-fetch-dest')) dest = valueAt(text, colon, end);
        else if (isName(text, at, 'sec-fetch-site')) site = valueAt(text, colon, end);
        else if (isName(text, at, 'http2-settings')) return undefined;
        else if (isName(text, at, 'content-length')) {
          lengths += 1;
          if (initial !== P || lengths > 1 || valueAt(text, colon, end) !== '0') return undefined;
        }
        break;
      case 16:
        if (isName(text, at, 'proxy-connection')) return undefined;
        break;
      case 17:
        if (isName(text, at, 'transfer-encoding')) return undefined;
        break;
    }
    at = end + 2;
  }
  if (hosts !== 1 || count > MOST_LINES) return undefined;
  return {
    method,
    url,
    version: '1.1',
    isSecure: false,
    hosts: [host],
    cookie,
    hasBody: false,
    upgrade: '',
    forwardedFor: '',
    forwardedProto: '',
    forwardedHost: '',
    userAgent,
    referer,
    accept,
    dest,
    site,
    purpose,
    isReload,
    prefer,
    origin,
    requestedMethod: '',
    requestedHeaders: '',
    peer,
    endsAt,
    isLast,
  };
};

/** Whether the header name that stands at `at` is this one, in any case. */
const isName = (lines: string, at: number, name: string): boolean => {
  for (let i = 0; i < name.length; i += 1) {
    const code = lines.charCodeAt(at + i);
    const lower = code >= 65 && code <= 90 ? code | 32 : code;
    if (lower !== name.charCodeAt(i)) return false;
  }
  return lines.charCodeAt(at + name.length) === COLON;
};

const valueAt = (lines: string, colon: number, end: number): string => {
  const from = lines.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1;
  const value = lines.slice(from, end);
  const last = value.charCodeAt(value.length - 1);
  const first = value.charCodeAt(0);
  return first === 32 || first === 9 || last === 32 || last === 9 ? value.trim() : value;
};
