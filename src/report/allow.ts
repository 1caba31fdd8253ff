import { BlockList, isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Tells whether somebody at an address may ask; the address as a socket gives it. */
export type IsAllowed = (address: string | undefined) => boolean;

/**
 * Allows address ranges, such as `192.168.1.0/24` or `2001:db8::1`, besides this machine's own loopback.
 *
 * @returns undefined where one of them is no range
 */
export const allow = (ranges: readonly string[]): IsAllowed | undefined => {
  const list = new BlockList();
  for (const range of ['127.0.0.0/8', '::1', ...ranges]) {
    const [address = '', bits] = range.split('/', 2);
    const family = isIP(address);
    const longest = family === 4 ? 32 : 128;
    const length = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : NaN;
    if (family === 0 || address.includes('%') || !(length <= longest) || range.split('/').length > 2)
      return undefined;
    list.addSubnet(address, length, family === 4 ? 'ipv4' : 'ipv6');
  }
  return (address) => {
    const bare = address?.split('%', 1)[0] ?? '';
    if (!ipaddr.isValid(bare)) return false;
    const parsed = ipaddr.process(bare);
    return list.check(parsed.toString(), parsed.kind());
  };
};
