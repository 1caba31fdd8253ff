import type { RelaySettings, Settings } from '../config/settings.ts';
import type { Location } from '../deliveries/locate.ts';
import { opensPage } from '../deliveries/opens-page.ts';
import { isPlainQuestion } from '../deliveries/plain-question.ts';
import { pathOf } from '../model/path-of.ts';
import type { Id, Origin, Scheme, Secondary } from '../model/secondary.ts';
import type { Visit } from '../model/visit.ts';
import { createAffinity } from './affinity.ts';
import type { Arrival } from './visit/arrival.ts';
import { createRelayLink, type RelayLink } from './relay-link.ts';
import type { Secrets } from './signature.ts';
import { avoidanceCookie, isComplainedOf } from './visit/avoidance.ts';

/** A visit that is carried instead of being sent on. */
export interface Carry {
  readonly to: Secondary;
  readonly visit: Visit;
  /** scheme, host and port under which he came */
  readonly own: Origin;
  /** a `Set-Cookie` header's value by which he is carried on; absent: he need not be told */
  readonly grant: string | undefined;
  /** he is carried only because nobody else is left who works for him */
  readonly isLastWay: boolean;
  /** the operator has this way carry everybody: its pages are the primary's, so to speak */
  readonly isForAll: boolean;
  /** where he would have been sent */
  readonly location: Location;
}

/** Who is carried. */
export interface Carriage {
  /** Whether a rule of the config, or his own cookie, says that an arrival is carried. */
  readonly isFor: (arrival: Arrival, visit: Visit) => boolean;
  /** Whether the time is over for which he was to be carried, not so long ago: whom he reaches is tried anew. */
  readonly isTriedAnew: (visit: Visit) => boolean;
  /** Whether he is carried because this secondary is all that is left, and he said that it does not work for him. */
  readonly isLastWay: (id: Id, visit: Visit) => boolean;
  /** Whether an arrival may be one that is carried, at a glance. */
  readonly mayBeFor: (arrival: Arrival) => boolean;
  /** the link by which whoever reaches nobody comes to be carried */
  readonly link: RelayLink;
  /** The value of a `Set-Cookie` header by which a visitor is carried for a while. */
  readonly grant: (scheme: Scheme) => string;
  /** The same for somebody whose time is over while he is in the midst of something; else `undefined`. */
  readonly renewed: (visit: Visit) => string | undefined;
}

/** What the cookie names instead of a secondary. */
const WORD = 'relay';

export interface CarriageOptions {
  readonly settings: Pick<Settings, 'affinity'> & { readonly relay: RelaySettings };
  readonly secrets: Secrets;
  readonly wall: () => number;
}

/**
 * The rules by which visitors are carried. Who reaches no secondary is remembered by a cookie that is signed as the
 * affinity cookie is, and called after it. It lives twice as long as he is carried: a page that he opens then sees for
 * itself whom it reaches, but what he sends, or what a page asks for that he has open, would be lost on the way there.
 */
export const createCarriage = ({ settings, secrets, wall }: CarriageOptions): Carriage => {
  const { forMs, webSockets, paths, userAgents } = settings.relay;
  const name = `${settings.affinity === false ? 'usher' : settings.affinity.cookie}-relay`;
  // of TLS it is a part
  const avoidance = avoidanceCookie(settings.affinity, 'http');
  const grants = createAffinity({ cookie: name, forMs: 2 * forMs, secrets, wall });
  const exact = new Set(paths.filter((path) => !path.endsWith('*')));
  const beginnings = paths.filter((path) => path.endsWith('*')).map((path) => path.slice(0, -1));

  const granted = ({ cookie, scheme }: Visit): 'now' | 'before' | undefined => {
    const found = cookie.includes(name) ? grants.read(cookie, scheme) : undefined;
    if (found?.id !== WORD) return undefined;
    return found.isAging ? 'before' : 'now';
  };
  const isGranted = (visit: Visit): boolean => {
    const since = granted(visit);
    return since === 'now' || (since === 'before' && !mayWait(visit));
  };
  const isListed = (url: string): boolean =>
    paths.length > 0 && (exact.has(pathOf(url)) || beginnings.some((beginning) => url.startsWith(beginning)));
  const isNamed = (userAgent: string): boolean => {
    if (userAgents.length === 0) return false;
    const lower = userAgent.toLowerCase();
    return userAgents.some((each) => lower.includes(each));
  };
  const isByRule = ({ userAgent, upgrade }: Arrival, target: string): boolean =>
    (webSockets && upgrade === 'websocket') || isListed(target) || isNamed(userAgent);
  /** A target in absolute form tells no path at a glance. */
  const mayBeListed = (url: string): boolean => paths.length > 0 && !url.startsWith('/');

  return {
    isFor: (arrival, visit) => isByRule(arrival, visit.target) || isGranted(visit),
    isTriedAnew: (visit) => granted(visit) === 'before' && mayWait(visit),
    isLastWay: (id, { avoid, cookie, scheme }) =>
      avoid.includes(id) && isComplainedOf(id, cookie, avoidanceCookie(settings.affinity, scheme)),
    mayBeFor: (arrival) =>
      (arrival.cookie !== '' && (arrival.cookie.includes(name) || arrival.cookie.includes(avoidance))) ||
      isByRule(arrival, arrival.url) ||
      mayBeListed(arrival.url),
    link: createRelayLink(secrets, wall),
    grant: (scheme) => grants.bind(WORD, scheme, 0),
    renewed: (visit) => (granted(visit) === 'before' ? grants.bind(WORD, visit.scheme, 0) : undefined),
  };
};

/** He opens a page, and nothing is lost by another in between. */
const mayWait = (visit: Visit): boolean => isPlainQuestion(visit.method) && opensPage(visit);
