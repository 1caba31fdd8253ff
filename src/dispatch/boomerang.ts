import type { Settings } from '../config/settings.ts';
import { opensPage } from '../deliveries/opens-page.ts';
import type { Clock, Instant } from '../model/clock.ts';
import type { Complaint } from '../model/complaint.ts';
import { networkOf } from '../model/network.ts';
import type { Id } from '../model/secondary.ts';
import type { Visit } from '../model/visit.ts';
import type { Arrival } from './visit/arrival.ts';
import type { Asked } from './asked.ts';

/**
 * A visitor who was sent away and is back within seconds, for the same page: where he was sent may not work for him. Who
 * was sent away lately is kept in memory that all door threads share, a print of each: of his cookie, address and
 * target. Where it is full the next one takes the place of another, whose return is then not minded.
 */
export interface Boomerang {
  /** Notes that he is sent away now, and tells how often in a row he was back at once, 0 to `OFTEN`. */
  readonly sent: (asked: Pick<Asked, 'arrival' | 'visit'>, badges: Badges) => number;
  /** Tells that the secondary may not work for a visitor, seldom enough for a flood of returns. */
  readonly suspect: (secondary: Id, visit: Pick<Visit, 'visitor'>) => void;
}

/** Values of the affinity cookie. */
export interface Badges {
  /** he came with, and is kept where it says; absent: he is chosen for anew */
  readonly came: string | undefined;
  /** he goes with */
  readonly goes: string;
}

export interface BoomerangOptions {
  readonly affinity: Settings['affinity'];
  readonly secondaries: Settings['secondaries'];
  /** of `allocateDepartures` */
  readonly departures: SharedArrayBuffer;
  readonly clock: Pick<Clock, 'now'>;
  /** hears that a secondary may not work for a visitor */
  readonly complained: (complaint: Complaint) => void;
}

/** From so many returns in a row on his browser is asked whether it reaches the secondary. */
export const OFTEN = 2;

/** Whoever is back sooner clicked twice, or opened several at once. */
const SOONEST = 10;
/** A secondary is asked at most so often: more returns say nothing new. */
const REST_MS = 250;

/** Times are tenths of a second, beside two bits that say how often; they begin anew after two years. */
const TENTH_MS = 100;
const TURN = 2 ** 29;

/** Departures that are kept, of two words each: a quarter of a megabyte. */
const MOST = 2 ** 15;
/** Of a longer target so much tells it from others. */
const COMPARED = 256;
/** So many letters at the end of a badge tell it from others: the last ones of the signature, and its own. */
const TELLING = 12;

/** Memory for the departures of all threads. */
export const allocateDepartures = (): SharedArrayBuffer =>
  new SharedArrayBuffer(MOST * 2 * Int32Array.BYTES_PER_ELEMENT);

/** `undefined` where visitors are bound to nobody, or returns are not minded. */
export const createBoomerang = (options: BoomerangOptions): Boomerang | undefined => {
  const { affinity, secondaries, clock, complained } = options;
  if (affinity === false || affinity.redispatchMs === undefined) return undefined;
  const latest = Math.round(affinity.redispatchMs / TENTH_MS);
  const hosts = new Set(
    secondaries.flatMap(({ address }) => (address.kind === 'own' ? [hostOf(address.origin)] : [])),
  );
  const departures = new Int32Array(options.departures);
  const toldAt = new Map<Id, Instant>();

  /** He follows a link of a page that he reached, or asks for a page of the primary's own anew. */
  const isAtHome = ({ site, isReload, referer }: Arrival, { host }: Visit): boolean => {
    if (isReload || site === 'same-site' || site === 'same-origin') return true;
    if (referer === '') return false;
    const from = hostOf(referer);
    return from === host || hosts.has(from);
  };

  return {
    sent: ({ arrival, visit }, { came, goes }) => {
      if (!opensNow(arrival)) return 0;
      const tenth = Math.floor(clock.now() / TENTH_MS) % TURN;
      const print = printOf(goes, visit);
      let times = 0;
      if (came !== undefined) {
        const was = came === goes ? print : printOf(came, visit);
        const noted = departures[placeOf(was)] === was ? (departures[placeOf(was) + 1] ?? 0) : -1;
        const age = (tenth - (noted >> 2) + TURN) % TURN;
        const isReturn = noted >= 0 && age >= SOONEST && age <= latest && !isAtHome(arrival, visit);
        times = isReturn ? (noted & 3) + 1 : 0;
      }
      departures[placeOf(print)] = print;
      departures[placeOf(print) + 1] = (tenth << 2) | (times % OFTEN);
      return times;
    },
    suspect: (secondary, { visitor }) => {
      const now = clock.now();
      if (now - (toldAt.get(secondary) ?? -Infinity) < REST_MS) return;
      toldAt.set(secondary, now);
      complained({ secondary, by: 'return', network: networkOf(visitor()) });
    },
  };
};

/** A hash of all that tells a visitor who goes there from others (FNV-1a), as the memory holds it. */
const printOf = (badge: string, { visitor, target }: Visit): number => {
  const begun = mix(0x811c9dc5 ^ target.length, badge, Math.max(0, badge.length - TELLING));
  return mix(mix(begun, visitor(), 0), target, 0);
};
const mix = (hash: number, text: string, from: number): number => {
  const end = Math.min(text.length, from + COMPARED);
  let mixed = hash;
  for (let at = from; at < end; at += 1) mixed = Math.imul(mixed ^ text.charCodeAt(at), 0x01000193);
  return mixed;
};
/** Where his departure stands. */
const placeOf = (print: number): number => ((print >>> 0) % MOST) * 2;

/** A page is opened in a window, and now: it is not fetched in advance, nor within another page. */
const opensNow = ({ method, accept, dest, purpose }: Arrival): boolean =>
  method === 'GET' && purpose === '' && (dest === 'document' || dest === '') && opensPage({ accept, dest });

const hostOf = (url: string): string => {
  const from = url.indexOf('//') + 2;
  const [, host = ''] = /^(\[[^\]]*\]|[^/:?#]*)/.exec(url.slice(from)) ?? [];
  return host.toLowerCase();
};
