import { networkOf } from '../model/network.ts';
import type { Place } from '../model/place.ts';
import { openMmdb } from './mmdb.ts';

/** Tells where an address is; `undefined`: nobody knows. */
export type Whereabouts = (address: string) => Place | undefined;

/** Networks whose place a thread remembers; each has its place in one row. */
const ROWS = 4096;

/**
 * Looks addresses up in the bytes of a file that all threads share, as `openMmdb` reads it. What was looked up is
 * remembered, within bounds.
 *
 * @returns why the file is refused, in words
 */
export const openWhereabouts = (file: SharedArrayBuffer): Whereabouts | string => {
  const mmdb = openMmdb(Buffer.from(file));
  if (typeof mmdb === 'string') return mmdb;
  const networks = new Float64Array(ROWS).fill(-1);
  const places: (Place | undefined)[] = Array.from({ length: ROWS }, () => undefined);
  return (address) => {
    const network = networkOf(address);
    if (network < 0) return undefined;
    const row = Math.imul((network % 2 ** 32) ^ Math.floor(network / 2 ** 32), 0x9e37_79b1) >>> 20;
    if (networks[row] !== network) {
      networks[row] = network;
      places[row] = mmdb.placeOf(network);
    }
    return places[row];
  };
};
