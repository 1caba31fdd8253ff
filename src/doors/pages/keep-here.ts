import type { RequestListener } from 'node:http';
import { behind } from '../../deliveries/locate.ts';
import { redirectTo } from '../../deliveries/redirect.ts';
import { notYet, refusal } from '../../deliveries/refusal.ts';
import { isMeant } from '../../dispatch/visit/is-meant.ts';
import { ownOrigin } from '../../dispatch/visit/own-origin.ts';
import { parseTarget } from '../../dispatch/visit/target.ts';
import { readVisit } from '../../dispatch/visit/visit.ts';
import type { Reply } from '../../model/reply.ts';
import type { Target } from '../../model/visit.ts';
import { arrivalOf } from '../public/arrival-of.ts';
import { sendReply } from './send-reply.ts';
import type { SiteParts } from './site-parts.ts';

/**
 * `/.usher/relay?to=/path`: the visitor reaches no secondary, so he stays with the primary for a while, which carries
 * what he asks for. He goes on to the path at this very address; whoever does not mean it, or follows a link that is not
 * the primary's own, does so as he is.
 */
export const keepHere = ({ settings, reader, carriage, counted }: SiteParts): RequestListener => {
  const answer = (reply: Reply, cookie?: string) => ({ reply, cookie });

  const answerTo = (request: Parameters<RequestListener>[0]) => {
    if (carriage === undefined) return answer(refusal(404));
    const arrival = arrivalOf(request);
    const visit = readVisit(arrival, reader);
    if (typeof visit === 'string') return answer(refusal(400));
    if (arrival.purpose !== '') return answer(notYet);
    const own = ownOrigin(visit, arrival, reader);
    const reply = redirectTo('GET', behind(own, wantedIn(visit.target) ?? settings.landing));
    // The page of the primary leads here, and nobody else has a reason to.
    const isOurs = isMeant(arrival) && carriage.link.isFollowed(arrival, visit, own);
    return answer(reply, isOurs ? carriage.grant(visit.scheme) : undefined);
  };

  return (request, response) => {
    counted('other');
    sendReply(request, response, answerTo(request));
  };
};

/** What stands behind `to=`; none of Usher's own paths, which would only lead round. */
const wantedIn = (target: Target): Target | undefined => {
  const query = target.indexOf('?');
  const to = query === -1 ? null : new URLSearchParams(target.slice(query + 1)).get('to');
  if (to === null || to.startsWith('/.usher/')) return undefined;
  return parseTarget(to);
};
