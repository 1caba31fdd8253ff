import { mayBeAsked } from './address-space.ts';
import { ASK } from './choosing.ts';
import type { Choosing, Delivery } from './delivery.ts';
import { htmlHeaders } from './html-headers.ts';
import { takesPages } from './shows-pages.ts';

/** How many are asked before a visitor is taken for one who reaches nobody. */
const ASKED = 4;

/**
 * The page for where visitors can be carried: its script sees that the policy's choice answers this browser before it
 * goes there, and goes to the relay where nobody does. A browser does not tell a page that a navigation failed, so it
 * has to ask first.
 *
 * @param assigned delivers those who take no page, or whose browser may not ask
 */
export const reach = (assigned: Delivery): Choosing => ({
  among: ASKED,
  reply: (visit, location, { views, named }) => {
    const [first] = named;
    if (!takesPages(visit) || !mayBeAsked(first.origin, visit)) return assigned(visit, location, views);
    const origins = named.map(({ origin }) => origin).filter((origin) => mayBeAsked(origin, visit));
    return {
      status: 200,
      headers: htmlHeaders(views.reaching, origins),
      body: views.reaching.html({
        host: visit.host,
        location,
        place: first.origin,
        origins: origins.join(' '),
        ask: ASK,
        id: first.candidate.secondary.id,
        relay: `/.usher/relay?to=${encodeURIComponent(visit.target)}`,
      }),
    };
  },
});
