import type { Request, RequestHandler, Response } from 'express';
import type { Settings } from '../config/settings.ts';
import { behind } from '../deliveries/locate.ts';
import { redirectTo } from '../deliveries/redirect.ts';
import { sorry } from '../deliveries/sorry.ts';
import type { Views } from '../deliveries/views.ts';
import type { Affinity } from '../dispatch/affinity.ts';
import { AVOIDED_FOR_MS, avoidanceCookie, avoiding } from '../dispatch/avoidance.ts';
import type { Carry } from '../dispatch/carriage.ts';
import type { Answer, Dispatch } from '../dispatch/dispatch.ts';
import type { Id } from '../model/secondary.ts';
import { parseTarget } from '../dispatch/target.ts';
import type { VisitReader } from '../dispatch/visit.ts';
import { arrivalOf } from './arrival-of.ts';

export interface OtherParts {
  readonly settings: Settings;
  readonly views: Views;
  readonly dispatch: Dispatch['dispatch'];
  readonly affinity: Affinity | undefined;
  readonly reader: Pick<VisitReader, 'forwarded'>;
  readonly send: (request: Request, response: Response, answer: Answer) => void;
}

/**
 * The visitor's way out, `/.usher/other`: the secondary he was sent to does not work for him, so he is sent to another,
 * and keeps away from that one for a quarter of an hour. `?to=/path` is what he wants there, `?not=web1` names the
 * secondary where no cookie does. It stands behind cookie-parser.
 */
export const sendToOther = ({
  settings,
  views,
  dispatch,
  affinity,
  reader,
  send,
}: OtherParts): RequestHandler => {
  const name = avoidanceCookie(settings.affinity);
  const listed: ReadonlySet<Id> = new Set(settings.secondaries.map(({ id }) => id));
  return (request, response, next) => {
    const arrival = arrivalOf(request);
    const { isSecure } = reader.forwarded(arrival);
    const { not, to } = request.query;
    const cookies = request.cookies as Readonly<Record<string, unknown>>;
    const bound = affinity?.read(arrival.cookie, isSecure ? 'https' : 'http')?.id;
    const id = typeof not === 'string' && not !== '' ? not : bound;
    const known = cookies[name];
    const value =
      id !== undefined && listed.has(id)
        ? avoiding(id, typeof known === 'string' ? known : '', listed)
        : undefined;
    if (value !== undefined) {
      response.cookie(name, value, {
        maxAge: AVOIDED_FOR_MS,
        httpOnly: true,
        sameSite: 'lax',
        secure: isSecure,
        encode: String,
      });
    }
    const wanted = typeof to === 'string' && to.startsWith('/') ? to : settings.landing;
    const cookie = value === undefined ? arrival.cookie : `${name}=${value}; ${arrival.cookie}`;
    /** Where nobody can take him the page asks again at this address, not at the one he wants. */
    const askHereAgain = (answer: Answer): Answer => {
      const { visit } = answer;
      const target = parseTarget(arrival.url);
      if (visit === undefined || target === undefined) return answer;
      return { ...answer, reply: sorry({ ...visit, target }, views) };
    };
    Promise.resolve(dispatch({ ...arrival, url: wanted, cookie }))
      .then((answer) => {
        if (answer === undefined) next();
        else if (answer.carry !== undefined) send(request, response, staying(answer, answer.carry));
        else send(request, response, answer.reply.status === 503 ? askHereAgain(answer) : answer);
      })
      .catch(next);
  };
};

const BACK = /^\/\.usher\/back\/([a-z0-9][a-z0-9._-]{0,62})(\/.*)$/s;

/**
 * `/.usher/back/web1/path?query` is the same way out as a secondary writes it that hands its visitor back: web servers
 * can put a target behind a path, but not into a query. Any other target stays as it is.
 */
export const wayOutOf = (url: string): string => {
  const [, id, target] = BACK.exec(url) ?? [];
  return id === undefined || target === undefined
    ? url
    : `/.usher/other?not=${id}&to=${encodeURIComponent(target)}`;
};

/** Nobody else works for him: he is carried, and goes to where that happens. */
const staying = (answer: Answer, { own, visit }: Carry): Answer => ({
  ...answer,
  reply: redirectTo('GET', behind(own, visit.target)),
});
