import { originOf } from '../model/origin.ts';
import type { Origin, Scheme } from '../model/secondary.ts';
import { readHostName } from './host-name.ts';
import { read, refuse, type Read } from './read.ts';

/** A host and, if one was given, a port. */
export interface Endpoint {
  /** IPv6 addresses in brackets */
  readonly host: string;
  readonly port?: number;
}

/** Reads `host`, `host:port`, `[v6]:port` or a bare IPv6 address. */
export const readEndpoint = (text: string): Read<Endpoint> => {
  const [, bracketed, plain, digits] = /^(?:(\[[^\]]*\])|([^:]*))(?::([^:]*))?$/s.exec(text) ?? [];
  const host = readHostName(bracketed ?? plain ?? text);
  if (!host.ok) return host;
  if (digits === undefined) return read({ host: host.value });
  const port = readPort(digits);
  return port.ok ? read({ host: host.value, port: port.value }) : port;
};

/** Reads digits as a port. */
const readPort = (digits: string): Read<number> => {
  if (!/^\d{1,5}$/.test(digits)) return refuse('has a port that is no number', 'a port from 0 to 65535');
  const port = Number(digits);
  return port <= 65535 ? read(port) : refuse('has a port that is too large', 'a port from 0 to 65535');
};

/** Scheme, host and port of a URL that is nothing but an origin. */
export interface PlainUrl {
  readonly origin: Origin;
  readonly scheme: Scheme;
  /** IPv6 addresses in brackets */
  readonly host: string;
  readonly port: number;
}

/** Reads an `http:` or `https:` URL without path, query, fragment and credentials. */
export const readOrigin = (text: string): Read<PlainUrl> => {
  const fits = 'a URL such as "https://www2.example.org"';
  const [, scheme, authority, rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#\\]*)(.*)$/is.exec(text) ?? [];
  if (scheme === undefined || authority === undefined) {
    const guess = readEndpoint(text).ok ? JSON.stringify(`http://${text}`) : fits;
    return refuse('is not a URL', guess);
  }
  if (!/^https?$/i.test(scheme)) return refuse('is not a URL of the web', 'http:// or https://');
  if (authority.includes('@')) return refuse('holds a name or password', 'a URL without them');
  const endpoint = readEndpoint(authority);
  if (!endpoint.ok) return endpoint;
  if (endpoint.value.port === 0) return refuse('has port 0', 'a port from 1 to 65535');

  const lower: Scheme = scheme.toLowerCase() === 'https' ? 'https' : 'http';
  const { host, port = lower === 'https' ? 443 : 80 } = endpoint.value;
  const origin = originOf(lower, host, port);
  if (rest !== '' && rest !== '/')
    return refuse('holds more than scheme, host and port', JSON.stringify(origin));
  return read({ origin, scheme: lower, host, port });
};

/** Reads an `http:` or `https:` URL that goes into a Location as it is: visible ASCII, no credentials. */
export const readUrl = (text: string): Read<string> => {
  const fits = 'a URL such as "https://sorry.example.org/"';
  const [, start, rest = ''] = /^(https?:\/\/[^/?#\\]+)(.*)$/is.exec(text) ?? [];
  if (start === undefined) return refuse('is not a URL', fits);
  const origin = readOrigin(start);
  if (!origin.ok) return origin;
  if (!/^[\x21-\x7e]{0,512}$/.test(rest) || !URL.canParse(text)) return refuse('is not a URL', fits);
  return read(`${origin.value.origin}${rest === '' ? '/' : rest}`);
};
