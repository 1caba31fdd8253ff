/**
 * The network that an address belongs to, as one whole number: the /24 of an IPv4 address, the /48 of an IPv6 one. Those
 * of one network share most of their way to a web server.
 */
export type Network = number;

/** IPv4 networks stand above all IPv6 ones. */
const V4 = 2 ** 48;

/** Reads the network out of an address; -1 for what is none. An IPv4 address in IPv6 clothes counts as IPv4. */
export const networkOf = (address: string): Network => {
  if (!address.includes(':')) return networkOfV4(address, 0);
  if (MAPPED.test(address)) return networkOfV4(address, address.lastIndexOf(':') + 1);
  return networkOfV6(address);
};

const MAPPED = /^::ffff:\d+\./i;

const networkOfV4 = (address: string, from: number): Network => {
  let network = 0;
  let part = 0;
  let digits = 0;
  let dots = 0;
  for (let at = from; at < address.length; at += 1) {
    const code = address.charCodeAt(at);
    if (code === 46) {
      if (digits === 0 || part > 255 || dots === 3) return -1;
      network = network * 256 + part;
      part = 0;
      digits = 0;
      dots += 1;
    } else if (code >= 48 && code <= 57 && digits < 3) {
      part = part * 10 + code - 48;
      digits += 1;
    } else return -1;
  }
  return dots === 3 && digits > 0 && part <= 255 ? V4 + network : -1;
};

const GROUP = /^[0-9a-f]{1,4}$/i;

const networkOfV6 = (address: string): Network => {
  const [left = '', right, more] = address.split('::');
  if (more !== undefined) return -1;
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  // a dotted end stands for two groups, and is behind the first three either way
  const dotted = [...head, ...tail].at(-1)?.includes('.') === true ? 1 : 0;
  const missing = 8 - dotted - head.length - tail.length;
  if (right === undefined ? missing !== 0 : missing < 1) return -1;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (!groups.every((group, at) => GROUP.test(group) || (dotted === 1 && at === groups.length - 1)))
    return -1;
  const [a = '', b = '', c = ''] = groups;
  return (Number.parseInt(a, 16) * 65536 + Number.parseInt(b, 16)) * 65536 + Number.parseInt(c, 16);
};

/** A network as people write it: `203.0.113.0/24`, `2001:db8:7::/48`. */
export const printNetwork = (network: Network): string => {
  if (network >= V4) {
    const bits = network - V4;
    return `${bits >>> 16}.${(bits >>> 8) & 255}.${bits & 255}.0/24`;
  }
  const groups = [Math.floor(network / 2 ** 32), Math.floor(network / 2 ** 16) % 2 ** 16, network % 2 ** 16];
  return `${groups.map((group) => group.toString(16)).join(':')}::/48`;
};

/** Reads what `printNetwork` writes; -1 for anything else. */
export const parseNetwork = (text: string): Network => {
  const slash = text.indexOf('/');
  const network = networkOf(slash === -1 ? '' : text.slice(0, slash));
  return network >= 0 && printNetwork(network) === text ? network : -1;
};
