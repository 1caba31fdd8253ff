import ipaddr from 'ipaddr.js';

/**
 * Tells addresses that lie in one of the ranges; what is no address lies in none.
 *
 * @param cidrs CIDR ranges, `10.0.0.0/8`
 */
export const inRanges = (cidrs: readonly string[]): ((address: string) => boolean) => {
  const ranges = cidrs.map((cidr) => ipaddr.parseCIDR(cidr));
  return (text) => {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    return ranges.some(
      ([range, bits]) => range.kind() === address.kind() && address.match([range, bits] as never),
    );
  };
};
