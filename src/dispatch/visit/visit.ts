import type { Settings } from '../../config/settings.ts';
import type { Id, Scheme } from '../../model/secondary.ts';
import type { Host, Target, Visit } from '../../model/visit.ts';
import type { Arrival } from './arrival.ts';
import { avoidanceCookie, avoidedIn } from './avoidance.ts';
import { rememberingHosts } from './host.ts';
import { isIpv6, trustProxies, type Forwarded } from './proxies.ts';
import { parseTarget, splitAbsolute } from './target.ts';

/** Why an arrival is no visit; each has a status of its own. */
export type Refusal = 'bad-target' | 'bad-host' | 'not-our-name' | 'trace' | 'websocket';

export interface VisitReader {
  readonly parseHost: (raw: string) => Host | undefined;
  readonly forwarded: (arrival: Arrival) => Forwarded;
  readonly avoided: (cookieHeader: string, scheme: Scheme) => readonly Id[];
  /** names that may appear in Location; absent: any */
  readonly names: ReadonlySet<string> | undefined;
  /** WebSocket handshakes are visits too */
  readonly webSockets: boolean;
}

/** A reader of visits as the config wants them read. */
export const visitReader = (options: VisitReaderOptions): VisitReader => {
  const { names, trustProxies: ranges, affinity, relay } = options;
  const cookies = { http: avoidanceCookie(affinity, 'http'), https: avoidanceCookie(affinity, 'https') };
  return {
    parseHost: rememberingHosts(isIpv6),
    forwarded: trustProxies(ranges),
    avoided: (header, scheme) => avoidedIn(header, cookies[scheme]),
    names: names === undefined ? undefined : new Set(names),
    webSockets: relay?.webSockets === true,
  };
};

/** The part of the settings that a reader of visits needs. */
export interface VisitReaderOptions {
  readonly names?: readonly string[];
  readonly trustProxies: readonly string[];
  readonly affinity: Settings['affinity'];
  readonly relay?: Settings['relay'];
}

/**
 * Turns an arrival into a visit, or says why it is none. After this the types carry the proof: a `Target` cannot leave
 * the origin it is put behind, a `Host` is one that may be named.
 */
export const readVisit = (
  arrival: Arrival,
  { parseHost, forwarded, avoided, names, webSockets }: VisitReader,
): Visit | Refusal => {
  const [hostHeader, second] = arrival.hosts;
  if (hostHeader === undefined || second !== undefined) return 'bad-host';
  const { visitor, isSecure, host: forwardedHost } = forwarded(arrival);
  const host = parseHost(forwardedHost ?? hostHeader);
  if (host === undefined) return 'bad-host';

  const target = targetOf(arrival.url, host, parseHost);
  if (target === undefined) return 'bad-target';
  if (names !== undefined && !names.has(host)) return 'not-our-name';
  if (arrival.method === 'TRACE') return 'trace';
  if (arrival.upgrade === 'websocket' && !webSockets) return 'websocket';
  const scheme = isSecure ? 'https' : 'http';
  return {
    method: arrival.method,
    scheme,
    host,
    target,
    visitor,
    cookie: arrival.cookie,
    avoid: arrival.cookie === '' ? NOBODY : avoided(arrival.cookie, scheme),
    userAgent: arrival.userAgent,
    accept: arrival.accept,
    dest: arrival.dest,
  };
};

const NOBODY: readonly Id[] = [];

/** A target in absolute form counts if it names the host that the Host header names. */
const targetOf = (url: string, host: Host, parseHost: VisitReader['parseHost']): Target | undefined => {
  if (url.startsWith('/')) return parseTarget(url);
  const absolute = splitAbsolute(url);
  if (absolute === undefined || parseHost(absolute.host) !== host) return undefined;
  return parseTarget(absolute.rest);
};
