import ipaddr from 'ipaddr.js';
import type { Arrival } from './arrival.ts';
import { inRanges } from './ranges.ts';

/** What a trusted proxy tells of a visit; what it does not tell is as the door saw it. */
export interface Forwarded {
  readonly visitor: () => string;
  readonly isSecure: boolean;
  /** the host the visitor asked the proxy for, unparsed; absent: the Host header holds it */
  readonly host?: string;
}

/** Tells a well-formed IPv6 address, without brackets. */
export const isIpv6 = (text: string): boolean => ipaddr.IPv6.isValid(text);

/** Before the IPv4 address of a visitor of a dual-stack listener. */
const MAPPED = '::ffff:';

/** `plainAddress` of one that the kernel wrote, which is plain but for these two: a thousandth of the time. */
export const plainPeer = (text: string): string => {
  if (text.startsWith(MAPPED) && text.includes('.')) return text.slice(MAPPED.length);
  const zone = text.indexOf('%');
  return zone === -1 ? text : text.slice(0, zone);
};

/** An address as people write it: `::ffff:192.0.2.1` is `192.0.2.1`, a zone is dropped. */
export const plainAddress = (text: string): string => {
  if (!text.includes(':')) return text;
  const unzoned = text.split('%', 1)[0] ?? '';
  return ipaddr.isValid(unzoned) ? ipaddr.process(unzoned).toString() : text;
};

/**
 * Believes `X-Forwarded-*` from trusted proxies only. The visitor is the rightmost address that is not a trusted proxy:
 * everything left of it was written by whoever sent the request.
 *
 * @param trusted CIDR ranges
 */
export const trustProxies = (trusted: readonly string[]): ((arrival: Arrival) => Forwarded) => {
  const isTrusted = inRanges(trusted);
  if (trusted.length === 0) {
    return ({ peer, isSecure }) => ({ visitor: peer, isSecure });
  }
  return ({ peer, isSecure, forwardedFor, forwardedProto, forwardedHost }) => {
    let visitor = peer();
    if (!isTrusted(visitor)) return { visitor: () => visitor, isSecure };
    const hops = forwardedFor.split(',').map((hop) => hop.trim());
    while (isTrusted(visitor)) {
      const hop = hops.pop();
      if (hop === undefined || !ipaddr.isValid(hop)) break;
      visitor = plainAddress(hop);
    }
    const proto = forwardedProto.split(',').pop()?.trim().toLowerCase();
    const host = forwardedHost.split(',').pop()?.trim();
    return {
      visitor: () => visitor,
      isSecure: proto === 'https' || (proto !== 'http' && isSecure),
      ...(host === undefined || host === '' ? {} : { host }),
    };
  };
};
