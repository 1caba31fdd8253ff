/**
 * The subnet that an address belongs to, as text: the /24 of an IPv4 address, the /56 of an IPv6 one. Addresses of one
 * household or office share it, and a visitor whose address changes within it stays the same visitor. An IPv4 address
 * in IPv6 clothes (`::ffff:203.0.113.9`) counts as IPv4. What is no address is its own subnet.
 */
export const subnetOf = (address: string): string => {
  const isV4 = !address.includes(':') || MAPPED.test(address);
  if (isV4) return address.slice(address.lastIndexOf(':') + 1, dotOf(address));
  const [left = '', right] = address.split('::');
  const groups = left === '' ? [] : left.split(':');
  if (right !== undefined) {
    const tail = right === '' ? [] : right.split(':');
    const width = tail.length + (right.includes('.') ? 1 : 0); // a dotted tail stands for two groups
    while (groups.length < 8 - width) groups.push('0');
    groups.push(...tail);
  }
  const [a, b, c, d] = groups.map((group) => Number.parseInt(group, 16));
  return [a, b, c, (d ?? 0) & 0xff00].map((group) => (group ?? 0).toString(16)).join(':');
};

const MAPPED = /^::ffff:[\d.]+$/i;

/** Where the last number of a dotted address begins; the end where there is no dot. */
const dotOf = (address: string): number => {
  const dot = address.lastIndexOf('.');
  return dot < 0 ? address.length : dot;
};
