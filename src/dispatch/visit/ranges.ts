import { BlockList, isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Tells addresses that lie in one of the ranges; what is no address lies in none. An IPv4 address lies in no range of IPv6,
 * however wide.
 *
 * @param cidrs CIDR ranges, `10.0.0.0/8`
 */
export const inRanges = (cidrs: readonly string[]): ((address: string) => boolean) => {
  const ranges = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const cidr of cidrs) {
    const [address = '', bits = ''] = cidr.split('/');
    const family = familyOf(address);
    // As Node reads it too: the config takes some spellings that it does not.
    ranges[family].addSubnet(ipaddr.parse(address).toString(), Number(bits), family);
  }
  return (address) => {
    if (isIP(address) === 0) return false;
    const family = familyOf(address);
    return ranges[family].check(address, family);
  };
};

const familyOf = (address: string): 'ipv4' | 'ipv6' => (address.includes(':') ? 'ipv6' : 'ipv4');
