import { crypto } from '../node-crypto.ts';
import type { Nonce } from './stubs.ts';

const DRAWN_AT_ONCE = 512;

/** Random numbers that nobody can foretell, drawn many at once: a call for each would cost more than the rest of a page. */
export const nonces = (): Nonce => {
  const drawn = new Uint32Array(DRAWN_AT_ONCE);
  let left = 0;
  return () => {
    if (left === 0) {
      crypto.randomFillSync(drawn);
      left = DRAWN_AT_ONCE;
    }
    left -= 2;
    return [drawn[left] ?? 0, drawn[left + 1] ?? 0];
  };
};
