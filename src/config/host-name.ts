import { isIPv4, isIPv6 } from 'node:net';
import { read, refuse, type Read } from './read.ts';

/** A name as the DNS and browsers take it: labels of letters, digits, `-` and `_`. */
const NAME =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;

/** What fits as a host, in words. */
const FITS = 'a name such as "www.example.org", an IPv4 address or an IPv6 address';

/**
 * Reads a host as an operator types it, without a port, into the form that visitors' browsers send: lower case,
 * international names in punycode, IPv6 addresses in brackets.
 */
export const readHostName = (text: string): Read<string> => {
  const bare = /^\[(.*)\]$/s.exec(text)?.[1] ?? text;
  if (isIPv6(bare)) {
    return bare.includes('%')
      ? refuse('has a zone', 'an address without %')
      : read(hostOf(`[${bare}]`) ?? bare);
  }
  if (isIPv4(text)) return read(text);

  const lower = text.toLowerCase();
  const host = /^[^\s\\/?#@:%[\]]+$/.test(lower) ? hostOf(lower) : undefined;
  if (host === undefined) return refuse('is not a host', likelyHost(lower, text) ?? FITS);
  if (host.endsWith('.')) return refuse('ends in a dot', JSON.stringify(host.slice(0, -1)));
  if (isIPv4(host)) return refuse('is an odd way to write an address', JSON.stringify(host));
  return NAME.test(host) ? read(host) : refuse('is not a host', FITS);
};

/** The host as a browser would send it. */
const hostOf = (host: string): string | undefined => URL.parse(`http://${host}/`)?.hostname;

/** What was most likely meant by something that is more than a host. */
const likelyHost = (text: string, given: string): string | undefined => {
  const inner = /^(?:https?:\/\/)?([a-z0-9._-]+)(?::\d+)?\/?$/.exec(text.trim())?.[1];
  if (inner === undefined || inner === given || !NAME.test(inner)) return undefined;
  return JSON.stringify(inner);
};

/** Whether a host is this machine's own loopback. Takes IPv6 addresses with or without brackets. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' ||
  host.endsWith('.localhost') ||
  /^127(?:\.\d+){3}$/.test(host) ||
  /^\[?::1\]?$/.test(host);

/** Whether listening on a host means every address of the machine. */
export const isEveryAddress = (host: string | undefined): boolean =>
  host === undefined || host === '0.0.0.0' || /^\[?::\]?$/.test(host);
