import type { Origin, Scheme } from './secondary.ts';

const DEFAULT_PORTS = { http: 80, https: 443 } as const;

/** An origin as URLs and browsers write it, its port left out where the scheme says it; IPv6 addresses in brackets. */
export const originOf = (scheme: Scheme, host: string, port: number): Origin =>
  port === DEFAULT_PORTS[scheme] ? `${scheme}://${host}` : `${scheme}://${host}:${port}`;
