import type { Request, RequestHandler, Response } from 'express';
import type { Settings } from '../../config/settings.ts';
import { behind, originFor } from '../../deliveries/locate.ts';
import { redirectTo } from '../../deliveries/redirect.ts';
import { notYet, refusal } from '../../deliveries/refusal.ts';
import { sorry } from '../../deliveries/sorry.ts';
import type { Views } from '../../deliveries/views.ts';
import type { Affinity } from '../../dispatch/affinity.ts';
import { AVOIDED_FOR_MS, avoidanceCookie, avoiding } from '../../dispatch/visit/avoidance.ts';
import type { Carriage, Carry } from '../../dispatch/carriage.ts';
import type { Answer } from '../../dispatch/answer.ts';
import type { Dispatch } from '../../dispatch/dispatch.ts';
import type { Arrival } from '../../dispatch/visit/arrival.ts';
import { isMeant } from '../../dispatch/visit/is-meant.ts';
import { ownOrigin } from '../../dispatch/visit/own-origin.ts';
import { readVisit, type VisitReader } from '../../dispatch/visit/visit.ts';
import type { Complainant, Complaint } from '../../model/complaint.ts';
import { networkOf } from '../../model/network.ts';
import type { Id } from '../../model/secondary.ts';
import type { Host } from '../../model/visit.ts';
import { arrivalOf } from '../public/arrival-of.ts';
import { sendReply } from './send-reply.ts';

export interface OtherParts {
  readonly settings: Settings;
  readonly views: Views;
  readonly dispatch: Dispatch['dispatch'];
  readonly affinity: Affinity | undefined;
  /** absent: nobody is carried */
  readonly carriage: Carriage | undefined;
  /** hears that a secondary did not work for a visitor */
  readonly complained: (complaint: Complaint) => void;
  readonly reader: VisitReader;
  readonly send: (request: Request, response: Response, answer: Answer) => void;
}

/** What a request for the way out says, as it came. */
interface Asked {
  /** whom it does not work with, by id or origin; absent: whom the cookie names */
  readonly not: unknown;
  /** what he wants from another one */
  readonly to: unknown;
  /** who found out */
  readonly by: unknown;
  /** whom his browser reached, by id or origin; absent: it did not look */
  readonly go?: unknown;
}

/** @param target of the request itself, with its query */
type ReadAsked = (request: Request, target: string) => Asked;

/**
 * The visitor's way out, `/.usher/other`: the secondary he was sent to does not work for him, so he is sent to another,
 * and keeps away from that one for a quarter of an hour. `?to=/path` is what he wants there, `?not=web1` names the
 * secondary where no cookie does, by its id or its origin; `?by=lifeline` says that the lifeline found out. The other
 * may be as far out of his reach as the first: a browser gets a page that looks, and comes here again with `?go=`, the
 * one that answered it. Who does not mean it is sent to the path and nothing else. It stands behind cookie-parser.
 */
export const sendToOther = (parts: OtherParts): RequestHandler =>
  wayOut(parts, ({ query: { not, to, by, go } }) => ({ not, to, by, go }));

/** The beginning of `/.usher/back/web1/path?query`. */
export const BACK = /^\/\.usher\/back\/[a-z0-9][a-z0-9._-]{0,62}(?=\/)/;

/**
 * `/.usher/back/web1/path?query` is the same way out as a secondary writes it that hands its visitor back: web servers
 * can put a target behind a path, but not into a query.
 */
export const takeBack = (parts: OtherParts): RequestHandler =>
  wayOut(parts, (_, target) => {
    const [beginning = ''] = BACK.exec(target) ?? [];
    return { not: pathEnd(beginning), to: target.slice(beginning.length), by: 'guard' };
  });

const pathEnd = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const wayOut = (parts: OtherParts, read: ReadAsked): RequestHandler => {
  const { settings, views, dispatch, affinity, carriage, complained, reader, send } = parts;
  const listed: ReadonlySet<Id> = new Set(settings.secondaries.map(({ id }) => id));
  /** He goes to what he wants here at the primary: it is one of its own pages, or he did not mean to change anything. */
  const hereItself = (arrival: Arrival, url: string): Answer => {
    const visit = readVisit({ ...arrival, url }, reader);
    if (typeof visit === 'string')
      return { reply: refusal(400), id: undefined, because: visit, visit: undefined };
    const reply = redirectTo(visit.method, behind(ownOrigin(visit, arrival, reader), visit.target));
    return { reply, id: undefined, because: 'local', visit };
  };
  return (request, response, next) => {
    const arrival = arrivalOf(request);
    if (arrival.purpose !== '') {
      sendReply(request, response, { reply: notYet });
      return;
    }
    const { isSecure } = reader.forwarded(arrival);
    const itself = readVisit(arrival, reader);
    const here = typeof itself === 'string' ? undefined : itself.target;
    const { not, to, by, go } = read(request, here ?? '');
    const cookies = request.cookies as Readonly<Record<string, unknown>>;
    const scheme = isSecure ? 'https' : 'http';
    const name = avoidanceCookie(settings.affinity, scheme);
    const wanted = typeof to === 'string' && isPath(to) ? to : settings.landing;
    if (!isMeant(arrival)) {
      send(request, response, hereItself(arrival, wanted));
      return;
    }
    const bound = affinity?.read(arrival.cookie, scheme)?.id;
    /** A secondary is named by its id or its origin. */
    const idIn = (named: unknown): Id | undefined => {
      if (typeof named !== 'string' || named === '') return undefined;
      const isOrigin = named.includes('://') && typeof itself !== 'string';
      return isOrigin ? idAt(settings, itself.host, named) : named;
    };
    const id = idIn(not) ?? bound;
    const known = cookies[name];
    // One that drains hands its visitors back by itself: nobody complains.
    const isHandedBack = by === 'guard';
    const value =
      id !== undefined && listed.has(id)
        ? avoiding(id, { isHandedBack, value: typeof known === 'string' ? known : '', listed })
        : undefined;
    // Whoever has looked is sent on, wherever that may be: nobody goes round in circles.
    const reached = typeof go === 'string' ? (idIn(go) ?? go) : undefined;
    const leaving = value === undefined || isHandedBack ? undefined : { reached };
    if (value !== undefined && id !== undefined) {
      const network = typeof itself === 'string' ? -1 : networkOf(itself.visitor());
      if (!isHandedBack) complained({ secondary: id, by: complainant(by, go), network });
    }
    const avoid = (): void => {
      if (value === undefined) return;
      response.cookie(name, value, {
        maxAge: AVOIDED_FOR_MS,
        httpOnly: true,
        sameSite: 'lax',
        secure: isSecure,
        encode: String,
      });
    };
    const cookie = value === undefined ? arrival.cookie : `${name}=${value}; ${arrival.cookie}`;
    /** Where nobody can take him the page asks again at this address, not at the one he wants. */
    const askHereAgain = (answer: Answer): Answer => {
      const { visit } = answer;
      if (visit === undefined || here === undefined) return answer;
      return { ...answer, reply: sorry({ ...visit, target: here }, views) };
    };
    const answering = async (): Promise<Answer | undefined> => {
      const other = await dispatch({ ...arrival, url: wanted, cookie }, leaving);
      const isNobodyElse = other?.carry?.isLastWay === true || other?.id === id;
      // He comes back, and stays: nothing is wrong with it, and nobody else works for him.
      if (isHandedBack && value !== undefined && isNobodyElse) return dispatch({ ...arrival, url: wanted });
      avoid();
      if (other?.carry?.isLastWay === true && carriage !== undefined) {
        response.appendHeader('Set-Cookie', carriage.grant(scheme));
      }
      return other;
    };
    answering()
      .then((answer) => {
        if (answer === undefined) send(request, response, hereItself(arrival, wanted));
        else if (answer.carry !== undefined) send(request, response, staying(answer, answer.carry));
        else send(request, response, answer.reply.status === 503 ? askHereAgain(answer) : answer);
      })
      .catch(next);
  };
};

/** Only a page that looked knows whom it reached. */
const complainant = (by: unknown, go: unknown): Complainant => {
  if (by === 'lifeline') return by;
  return go === undefined ? 'visitor' : 'page';
};

/** A path that somebody may want; one of Usher's own would only lead round. */
const isPath = (to: string): boolean => to.startsWith('/') && !to.startsWith('/.usher/');

/** The secondary that visitors of this host find at an origin, from outside or from the LAN. */
const idAt = ({ secondaries }: Settings, host: Host, origin: string): Id | undefined =>
  secondaries.find(({ address, lan }) => originFor(address, host) === origin || lan === origin)?.id;

/** Nobody else works for him: he is carried, and goes to where that happens. */
const staying = (answer: Answer, { own, visit }: Carry): Answer => ({
  ...answer,
  reply: redirectTo('GET', behind(own, visit.target)),
});
