import { originFor } from '../deliveries/locate.ts';
import type { Candidate } from '../model/policy.ts';
import type { Origin } from '../model/secondary.ts';
import type { Host } from '../model/visit.ts';

/**
 * `originFor` that remembers, for each secondary, the host that was asked for last: nearly all ask for the same.
 *
 * @param rows of the ledger
 */
export const rememberingOrigins = (
  rows: number,
): ((to: Pick<Candidate, 'slot' | 'secondary'>, host: Host) => Origin) => {
  const hosts = Array.from<Host | undefined>({ length: rows });
  const origins = Array.from<Origin | undefined>({ length: rows });
  return ({ slot, secondary: { address } }, host) => {
    if (address.kind === 'own') return address.origin;
    const known = origins[slot];
    if (known !== undefined && hosts[slot] === host) return known;
    const origin = originFor(address, host);
    hosts[slot] = host;
    origins[slot] = origin;
    return origin;
  };
};
