import type { Host } from '../../model/visit.ts';

const name =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;
/** Browsers read a name that ends so as an IPv4 address, or as nothing at all. */
const endsInNumber = /(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$/;
const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.|$)){4}$/;
const ipv6 = /^\[[0-9a-f:]{2,39}(?:\d{1,3}(?:\.\d{1,3}){3})?\]$/;
const withPort = /^(.*?)(?::(\d{0,5}))?$/s;

/**
 * The only place where a `Host` is made: a DNS name, an IPv4 address or an IPv6 address in brackets, each with or
 * without a port, which is dropped; a name's last dot too. `undefined` for anything else.
 *
 * @param isIpv6 tells a well-formed IPv6 address, without brackets
 */
export const parseHost = (raw: string, isIpv6: (text: string) => boolean): Host | undefined => {
  if (raw.length > 262) return undefined;
  const [, host = '', port = ''] = withPort.exec(raw.toLowerCase()) ?? [];
  if (Number(port) > 65535) return undefined;
  if (host.startsWith('[')) {
    return ipv6.test(host) && isIpv6(host.slice(1, -1)) ? (host as Host) : undefined;
  }
  const undotted = host.endsWith('.') ? host.slice(0, -1) : host;
  if (endsInNumber.test(undotted)) return ipv4.test(undotted) ? (undotted as Host) : undefined;
  return name.test(undotted) ? (undotted as Host) : undefined;
};

/** How many hosts are remembered; more come only from somebody who plays with them. */
const REMEMBERED = 1000;

/** `parseHost` that remembers: visitors ask for the same few hosts again and again. */
export const rememberingHosts = (isIpv6: (text: string) => boolean): ((raw: string) => Host | undefined) => {
  const seen = new Map<string, Host | undefined>();
  let lastRaw = '';
  let last: Host | undefined;
  return (raw) => {
    // Comparing is cheaper than a look-up, which must hash every header anew.
    if (raw === lastRaw) return last;
    const known = seen.get(raw);
    if (known !== undefined) {
      lastRaw = raw;
      last = known;
      return known;
    }
    const host = parseHost(raw, isIpv6);
    if (host === undefined) return undefined;
    if (seen.size >= REMEMBERED) seen.clear();
    seen.set(raw, host);
    return host;
  };
};
