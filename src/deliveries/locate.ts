import { originOf } from '../model/origin.ts';
import type { Address, Origin } from '../model/secondary.ts';
import type { Host, Target } from '../model/visit.ts';

declare const located: unique symbol;

/** Where a visitor is sent: a listed origin with his own target behind it. Made only by `behind` and `locate`. */
export type Location = string & { readonly [located]: 'location' };

/** The origin under which a visitor who asked for `host` finds a secondary; without the scheme's default port. */
export const originFor = (address: Address, host: Host): Origin =>
  address.kind === 'own' ? address.origin : originOf(address.scheme, host, address.port);

/**
 * Puts a target behind an origin, byte for byte. Nothing is parsed or resolved: a target begins with `/`, an origin ends
 * before one, so together they cannot lead anywhere else.
 */
export const behind = (origin: Origin, target: Target): Location => (origin + target) as Location;

/** Where a visitor who asked for `host` goes to get `target` from a secondary. */
export const locate = (address: Address, host: Host, target: Target): Location =>
  behind(originFor(address, host), target);
