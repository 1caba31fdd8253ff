import type { IncomingMessage, ServerResponse } from 'node:http';
import { busy, BUSY_FOR_SECONDS } from '../../deliveries/busy.ts';
import { redirectTo } from '../../deliveries/redirect.ts';
import { refusal } from '../../deliveries/refusal.ts';
import { AGAIN_IN_SECONDS, sorry } from '../../deliveries/sorry.ts';
import { told, wantsTold } from '../../deliveries/told.ts';
import { UNANSWERED, unanswered } from '../../deliveries/unanswered.ts';
import type { Location } from '../../deliveries/locate.ts';
import type { Views } from '../../deliveries/views.ts';
import type { Arrival } from '../../dispatch/visit/arrival.ts';
import { avoidanceCookie } from '../../dispatch/visit/avoidance.ts';
import type { Carry } from '../../dispatch/carriage.ts';
import type { Answer } from '../../dispatch/answer.ts';
import type { Dispatch } from '../../dispatch/dispatch.ts';
import { privatePaths } from '../../config/private-paths.ts';
import type { Settings } from '../../config/settings.ts';
import type { Reply } from '../../model/reply.ts';
import type { Visit } from '../../model/visit.ts';
import { wasCarried } from '../../relay/headers.ts';
import type { Freight, Passed } from '../../relay/freight.ts';
import type { Relay } from '../../relay/relay.ts';
import type { Handshake } from '../../relay/tunnel.ts';
import type { KeptRelay } from './kept-relay.ts';

/** What was sent of an answer that somebody else made. */
export interface Sent {
  readonly status: number;
  readonly bytes: number;
}

/** A visit that is to be carried, as it came. */
export interface ToCarry {
  readonly request: IncomingMessage;
  readonly arrival: Arrival;
  readonly answer: Answer & { readonly carry: Carry };
}

/** Carries visits. */
export interface Carrying {
  /** Resolves with an answer of our own where nothing could be carried, and nothing was sent. */
  readonly carry: (response: ServerResponse, given: ToCarry) => Promise<Answer | undefined>;
  readonly tunnel: (
    response: ServerResponse,
    handshake: Handshake,
    given: ToCarry,
  ) => Promise<Answer | undefined>;
}

/** What he gets who could not be carried; he is bound to nobody. */
const instead = (answer: Answer, because: string, reply: Reply): Answer => ({
  ...answer,
  reply,
  cookie: undefined,
  because,
});

export interface CarryingParts {
  readonly settings: Settings;
  readonly relay: KeptRelay;
  readonly views: Views;
  readonly dispatch: Dispatch['dispatch'];
  readonly counted: (what: string) => void;
  readonly added: (what: string, amount: number) => void;
  readonly answered: ((arrival: Arrival, answer: Answer, sent?: Sent) => void) | undefined;
}

/** Another secondary is asked where the first got nothing of the visit; so many in all. */
const MOST_TRIES = 3;

/** Puts together what carries the visits that dispatch does not send on. */
export const createCarrying = (parts: CarryingParts): Carrying => {
  const { settings, views, dispatch, counted, answered } = parts;
  const isPrivate = privatePaths(settings);

  const fullReply = (visit: Visit, location: Location): Reply =>
    wantsTold(visit.accept)
      ? told({ url: null, alternatives: [location], because: 'relay-full', ttl: BUSY_FOR_SECONDS })
      : busy(visit, location, views);

  const failedReply = (visit: Visit): Reply =>
    wantsTold(visit.accept)
      ? told({ url: null, alternatives: [], because: 'relay-failed', ttl: AGAIN_IN_SECONDS })
      : sorry(visit, views);

  const carryBy = async (
    given: ToCarry,
    pass: (relay: Relay, freight: Freight) => Promise<Passed>,
  ): Promise<Answer | undefined> => {
    const { request } = given;
    const { visit, location } = given.answer.carry;
    const avoidance = avoidanceCookie(settings.affinity, visit.scheme);
    if (isPrivate(visit.target)) {
      return { ...given.answer, reply: redirectTo(visit.method, location), because: 'private' };
    }
    // It would stay at the primary's own origin, and answer for it long after nobody is carried any more.
    if ('service-worker' in request.headers && !given.answer.carry.isForAll) {
      return instead(given.answer, 'service-worker', refusal(404));
    }
    // It comes from a primary that carried it: one way or the other this is a circle.
    if (wasCarried(request.rawHeaders)) {
      return { ...given.answer, reply: redirectTo(visit.method, location), because: 'relayed' };
    }
    const relay = await parts.relay.open();
    let { arrival, answer } = given;
    for (let tries = 1; ; tries += 1) {
      const { to, own } = answer.carry;
      const passed = await pass(relay, {
        request,
        visit: answer.carry.visit,
        to,
        own,
        cookie: answer.cookie,
        grant: answer.carry.grant,
      });
      if (passed.kind === 'done') {
        counted('relay');
        parts.added('relay-bytes', passed.bytes);
        answered?.(arrival, answer, passed);
        return undefined;
      }
      if (passed.kind === 'full') {
        counted('relay-full');
        return instead(answer, 'relay-full', fullReply(visit, location));
      }
      const isAskedAgain = passed.kind === 'unanswered' && passed.isLost && tries === 1;
      // Whatever it was may have been done: nobody else is asked, and nothing is promised.
      if (passed.kind === 'unanswered' && !isAskedAgain) {
        return instead(answer, UNANSWERED, unanswered({ visit, isLate: passed.isLate }, views));
      }
      arrival = { ...arrival, cookie: `${avoidance}=${to.id}; ${arrival.cookie}` };
      const next = tries < MOST_TRIES ? await dispatch(arrival) : undefined;
      if (next?.carry === undefined || next.carry.to.id === to.id) {
        // over another connection
        if (isAskedAgain) continue;
        return instead(answer, 'relay-failed', failedReply(visit));
      }
      answer = { ...next, carry: next.carry };
    }
  };

  return {
    carry: (response, given) => carryBy(given, (relay, freight) => relay.carry(response, freight)),
    tunnel: (response, handshake, given) =>
      carryBy(given, (relay, freight) => relay.tunnel(response, handshake, freight)),
  };
};
