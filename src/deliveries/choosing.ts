import type { Reply } from '../model/reply.ts';
import type { Visit } from '../model/visit.ts';
import { mayBeAsked } from './address-space.ts';
import type { Choosing, Delivery, Named, Offer } from './delivery.ts';
import { htmlHeaders } from './html-headers.ts';
import type { Location } from './locate.ts';
import { takesPages } from './shows-pages.ts';

/** Candidates that the visitor's machine draws from, and that it asks: more would not fit into a small page. */
const DRAWN_FROM = 12;
const ASKED = 4;

/** Browsers ask every site for it: it is small, or quickly said not to be there. */
export const ASK = '/favicon.ico';

/** The page whose script draws one of those it names, by weight. */
export const draw = (assigned: Delivery): Choosing => ({
  among: DRAWN_FROM,
  reply: (visit, location, offer) => {
    const { named, views } = offer;
    if (!takesPages(visit) || named.length < 2) return assigned(visit, location, views);
    const weights = named.map(({ candidate }) => candidate.weight).join(' ');
    return choosing(visit, location, { ...offer, named, data: { weights } });
  },
});

/**
 * The page whose script asks those it names and goes to whoever answers first. Of those that it may not ask, only the
 * policy's choice is named: where nobody answers it goes there.
 *
 * @param assigned delivers those who take no page, or where there are not two to ask
 * @param ask the path that they are asked for
 */
export const race = (assigned: Delivery, ask = ASK): Choosing => ({
  among: ASKED,
  reply: (visit, location, offer) => {
    const { views } = offer;
    const [first, ...rest] = offer.named;
    const isAskable = ({ origin }: Named): boolean => mayBeAsked(origin, visit);
    const others = rest.filter(isAskable);
    const asked = isAskable(first) ? [first, ...others] : others;
    if (!takesPages(visit) || asked.length < 2) return assigned(visit, location, views);
    return choosing(visit, location, {
      ...offer,
      named: [first, ...others],
      data: { ask, from: others.length + 1 - asked.length },
      asked,
    });
  },
});

interface Chosen extends Omit<Offer, 'named'> {
  readonly named: readonly Named[];
  readonly data: { readonly weights?: string; readonly ask?: string; readonly from?: number };
  readonly asked?: readonly Named[];
}

const choosing = (
  { host }: Visit,
  location: Location,
  { views, named, data, handOut, asked = [] }: Chosen,
): Reply => {
  const slip = handOut?.(named) ?? '';
  const origins = named.map(({ origin }) => origin);
  const reached = [...(slip === '' ? [] : ["'self'"]), ...asked.map(({ origin }) => origin)];
  return {
    status: 200,
    headers: htmlHeaders(views.choosing, reached),
    body: views.choosing.html({
      ...{ host, location, slip, weights: '', ask: '', from: 0, ...data },
      place: origins[0] ?? '',
      origins: origins.join(' '),
    }),
  };
};
