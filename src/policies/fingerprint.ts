/**
 * A text as a whole number below 2^53, the same on every machine; texts that differ a little get numbers that differ
 * a lot. Not for secrets. Two multiplying lanes over UTF-16 units with the finalizer of MurmurHash3 (A. Appleby, public
 * domain), joined as in bryc's cyrb53 (public domain).
 */
export const fingerprint = (text: string): number => {
  let one = 0xdeadbeef;
  let two = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x9e3779b1);
    two = Math.imul(two ^ unit, 0x5f356495);
  }
  const low = finish(one ^ (two >>> 15));
  const high = finish(two ^ (one >>> 13));
  return (high & 0x1fffff) * 0x1_0000_0000 + (low >>> 0);
};

/**
 * Ends the mixing of two fingerprints in a whole number below 2^32, from their lower 32 and their upper 21 bits, each
 * joined by exclusive or: the finalizer of MurmurHash3, the upper bits let in half-way.
 */
export const mixed = (low: number, high: number): number => {
  let bits = low;
  bits = (Math.imul(bits ^ (bits >>> 16), 0x85ebca6b) + high) | 0;
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
};

/** A whole number below 2^32 as a fraction: above 0 and below 1. */
export const fractionOf = (drawn: number): number => (drawn + 0.5) / 0x1_0000_0000;

/** MurmurHash3's fmix32: every bit of the number turns every other with a chance of one half. */
const finish = (number: number): number => {
  let bits = number;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
};
