import type { Reply } from '../model/reply.ts';
import type { Visit } from '../model/visit.ts';
import { mayBeAsked } from './address-space.ts';
import type { Choosing, Delivery, Named, Offer } from './delivery.ts';
import { htmlHeaders } from './html-headers.ts';
import type { Location } from './locate.ts';
import { opensPage } from './opens-page.ts';
import { takesPages } from './shows-pages.ts';
import type { ChoosingData } from './views.ts';

/** Candidates that the visitor's machine draws from, and that it asks: more would not fit into a small page. */
const DRAWN_FROM = 12;
export const ASKED = 4;

/** Browsers ask every site for it: it is small, or quickly said not to be there. */
export const ASK = '/favicon.ico';

/**
 * The page whose script draws one of those it names, by weight. Where visitors can be carried it sees that this one
 * answers before it goes there.
 *
 * @param assigned delivers those who take no page, or where there are not two to draw from
 */
export const draw = (assigned: Delivery): Choosing => ({
  among: DRAWN_FROM,
  reply: (visit, location, offer) => {
    if (!takesPages(visit) || offer.named.length < 2) return alone(assigned)(visit, location, offer);
    const isAsking = offer.carryAt !== undefined && offer.named.every(askableBy(visit));
    const named = isAsking ? offer.named.slice(0, ASKED) : offer.named;
    const shares = sharesOf(named.map(({ candidate }) => candidate.weight)).join(' ');
    if (!isAsking) return choosing(visit, location, { ...offer, named, data: { shares } });
    const data = { shares, ask: ASK, relay: offer.carryAt(visit) };
    return choosing(visit, location, { ...offer, named, data, asked: named });
  },
});

/**
 * The page whose script asks those it names and goes to whoever answers first. Of those that it may not ask, only the
 * policy's choice is named: where nobody answers it goes there, or to the relay where it has one.
 *
 * @param assigned delivers those who take no page, or where there are not two to ask
 * @param ask the path that they are asked for
 */
export const race = (assigned: Delivery, ask = ASK): Choosing => ({
  among: ASKED,
  reply: (visit, location, offer) => {
    const [first, ...rest] = offer.named;
    const isAskable = askableBy(visit);
    const others = rest.filter(isAskable);
    const asked = isAskable(first) ? [first, ...others] : others;
    if (!takesPages(visit) || asked.length < 2) return alone(assigned)(visit, location, offer);
    const data = isAskable(first)
      ? { ask, relay: offer.carryAt?.(visit) ?? '' }
      : { ask, from: 'n' as const };
    return choosing(visit, location, { ...offer, named: [first, ...others], data, asked });
  },
});

/**
 * The page for where visitors can be carried: its script sees that the policy's choice answers this browser before it
 * goes there, and goes to the relay where nobody does. A browser does not tell a page that a navigation failed, so it
 * has to ask first. Where somebody else answers, only the choice is out of his reach: the primary is told so.
 *
 * @param assigned delivers those who take no page, or whose browser may not ask
 */
export const reach = (assigned: Delivery): Choosing => ({
  among: ASKED,
  reply: (visit, location, { views, named, because, carryAt }) => {
    const [first] = named;
    if (!takesPages(visit) || !askableBy(visit)(first)) return assigned(visit, location, views);
    const asked = named.filter(askableBy(visit));
    const { id } = first.candidate.secondary;
    const data = { shares: String(WHOLE), ask: ASK, relay: carryAt?.(visit) ?? '', id };
    return choosing(visit, location, { views, named: asked, because, data, asked });
  },
});

/**
 * For a visitor who seems not to have reached the policy's choice: the same page, so that his own browser decides. Where
 * that may not ask, he is asked himself: nobody is moved whose secondary works.
 *
 * @param assigned delivers those who take no page, or for whom there is nobody else
 */
export const doubt = (assigned: Delivery): Choosing => ({
  among: ASKED,
  reply: (visit, location, offer) => {
    const { named, carryAt, views } = offer;
    const [first, ...others] = named;
    if (!takesPages(visit)) return assigned(visit, location, views);
    if (isWorthAsking(visit, offer)) return reach(assigned).reply(visit, location, offer);
    const wayOut = `/.usher/other?not=${first.candidate.secondary.id}&to=${encodeURIComponent(visit.target)}`;
    // The relay works for whoever is here; behind another port he may wait in vain once more.
    const other = carryAt?.(visit) ?? (others.length === 0 ? undefined : wayOut);
    if (other === undefined) return assigned(visit, location, views);
    return {
      status: 200,
      headers: htmlHeaders(views.doubt),
      body: views.doubt.html({ host: visit.host, location, other }),
    };
  },
});

/**
 * For a visitor who says that another one does not work for him: what keeps him from that one may keep him from the next
 * too, so his browser looks first. Where that may not ask, or is none, he is sent on.
 *
 * @param assigned delivers those whose browser does not look
 */
export const leave = (assigned: Delivery): Choosing => ({
  among: ASKED,
  reply: (visit, location, offer) =>
    opensPage(visit) && isWorthAsking(visit, offer)
      ? reach(assigned).reply(visit, location, offer)
      : assigned(visit, location, offer.views),
});

/** For a visitor whose browser has seen that it reaches the choice: it is not asked again. */
export const direct = (assigned: Delivery): Choosing => ({
  among: 1,
  reply: (visit, location, { views }) => assigned(visit, location, views),
});

/** A browser may ask the choice, and there is another way, should that not answer. */
const isWorthAsking = (visit: Visit, { named: [first, ...others], carryAt }: Offer): boolean =>
  askableBy(visit)(first) && (carryAt !== undefined || others.some(askableBy(visit)));

/** What shares add up to. */
const WHOLE = 100_000;

/** Where the share of each ends, in the order of the weights; the same for all where nobody weighs anything. */
const sharesOf = (weights: readonly number[]): readonly number[] => {
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let upTo = 0;
  return weights.map((weight) => {
    upTo += all > 0 ? weight / all : 1 / weights.length;
    return Math.round(upTo * WHOLE);
  });
};

/** How somebody is delivered whose browser has not two to choose from. */
const alone =
  (assigned: Delivery): Choosing['reply'] =>
  (visit, location, offer) =>
    offer.carryAt !== undefined
      ? reach(assigned).reply(visit, location, offer)
      : assigned(visit, location, offer.views);

const askableBy =
  (visit: Visit) =>
  ({ origin }: Named): boolean =>
    mayBeAsked(origin, visit);

interface Chosen extends Pick<Offer, 'views' | 'handOut' | 'because'> {
  readonly named: readonly Named[];
  readonly data: Partial<Pick<ChoosingData, 'shares' | 'ask' | 'relay' | 'from' | 'id'>>;
  /** those whom the script asks */
  readonly asked?: readonly Named[];
}

const choosing = (
  visit: Visit,
  location: Location,
  { views, named, because, data, handOut, asked = [] }: Chosen,
): Reply => {
  const slip = handOut?.(named) ?? '';
  const reached = [...(slip === '' ? [] : ["'self'"]), ...asked.map(({ origin }) => origin)];
  return {
    status: 200,
    headers: htmlHeaders(views.choosing, reached),
    body: views.choosing.html({
      ...{
        host: visit.host,
        location,
        because,
        slip,
        shares: '',
        ask: '',
        relay: '',
        from: '',
        id: '',
        ...data,
      },
      origins: shortly(named, visit).join(' '),
    }),
  };
};

/** Origins as the page names them: of one on the visitor's own host, where it is the first one's too, only the port. */
export const shortly = (named: readonly Named[], { scheme, host }: Visit): readonly string[] => {
  const own = `${scheme}://${host}:`;
  const short = named.map(({ origin }) => (origin.startsWith(own) ? origin.slice(own.length) : origin));
  return short[0] === named[0]?.origin ? named.map(({ origin }) => origin) : short;
};
