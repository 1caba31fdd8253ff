import { networkOf } from '../model/network.ts';
import type { Origin } from '../model/secondary.ts';
import type { Visit } from '../model/visit.ts';
import { isSignedBy, sign, type Secrets, type Signed } from './signature.ts';
import type { Arrival } from './visit/arrival.ts';

/** The primary's own link to `/.usher/relay`, and how it is told from one that somebody else wrote. */
export interface RelayLink {
  /** Where a visitor goes who is to be carried: a path of the primary that leads to his target. */
  readonly of: (visit: Visit) => string;
  /** Whether it was a page of the primary that led a visitor here, or he himself. @param own under which he came */
  readonly isFollowed: (arrival: Arrival, visit: Visit, own: Origin) => boolean;
}

/** A page may stay open so long before its link is clicked. */
const LASTS_MINUTES = 60;
/** A primary that shares the secret may be ahead by so much. */
const SKEW_MINUTES = 1;
const SIGNED_BYTES = 8;
const STAMP = /[?&]by=([0-9a-z]{1,8})\.([\w-]{11})(?:&|$)/;

/**
 * The link bears the minute and a signature of it and of the visitor's network, so that nobody can write one for others.
 * It takes no cookie and nothing that browsers say to https alone; but whoever's network changes on the way comes here by a
 * page of this very origin still, as his Referer says.
 */
export const createRelayLink = (secrets: Secrets, wall: () => number): RelayLink => {
  const minuteNow = (): number => Math.floor(wall() / 60_000);
  const signed = (minute: string, visit: Visit): Signed => ({
    // no cookie is called so
    purpose: 'relay link',
    text: `${minute}\0${String(networkOf(visit.visitor()))}`,
    bytes: SIGNED_BYTES,
  });

  const isStamped = (visit: Visit): boolean => {
    const [, minute = '', signature = ''] = STAMP.exec(visit.target) ?? [];
    const age = minuteNow() - parseInt(minute, 36);
    if (!(age >= -SKEW_MINUTES && age <= LASTS_MINUTES)) return false;
    return isSignedBy(secrets, signature, signed(minute, visit));
  };

  return {
    of: (visit) => {
      const minute = minuteNow().toString(36);
      const stamp = `${minute}.${sign(secrets, signed(minute, visit))}`;
      return `/.usher/relay?to=${encodeURIComponent(visit.target)}&by=${stamp}`;
    },
    isFollowed: ({ site, referer }, visit, own) => {
      if (site === 'cross-site') return false;
      return (
        site === 'same-origin' || site === 'none' || isStamped(visit) || `${referer}/`.startsWith(`${own}/`)
      );
    },
  };
};
