import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { isLoopback } from '../../config/host-name.ts';

/** What a request says of where it went, and where it really arrived. */
export interface Arrived {
  /** the one Host header */
  readonly host: string;
  /** address of this machine that the connection came to */
  readonly localAddress: string | undefined;
}

/** The host without its port and last dot, in lower case; an IPv6 address without brackets. */
const bare = (host: string): string =>
  host
    .toLowerCase()
    .replace(/:\d{1,5}$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');

/** One spelling for each address, IPv4 in IPv6 taken out: `::ffff:127.0.0.1` is 127.0.0.1. */
const canonical = (address: string): string => ipaddr.process(address).toString();

/**
 * Whether a Host is this door's own. A page of somebody else can give its own name our address (DNS rebinding), and a
 * browser then takes it for the same origin; only the name in Host gives it away.
 *
 * @param names further names that belong to this machine, in lower case
 */
export const isOwnHost = ({ host, localAddress }: Arrived, names: readonly string[]): boolean => {
  const name = bare(host);
  if (isLoopback(name) || names.includes(name)) return true;
  if (isIP(name) === 0) return false;
  return (
    localAddress !== undefined && isIP(localAddress) !== 0 && canonical(localAddress) === canonical(name)
  );
};
