import { locate } from '../deliveries/locate.ts';
import { isPlainQuestion } from '../deliveries/plain-question.ts';
import { alternates, told, wantsAlternates, wantsTold } from '../deliveries/told.ts';
import type { Views } from '../deliveries/views.ts';
import type { Reply } from '../model/reply.ts';
import type { Visit } from '../model/visit.ts';
import { alternativesTo } from './alternatives.ts';
import type { Arrival } from './visit/arrival.ts';
import type { Asked, Settled } from './asked.ts';
import type { Glance } from './glance.ts';

/** For programs that want more than to be sent on. */
export interface TellMore {
  /** Whether he wants to be told where to go instead of being sent. */
  readonly isTold: (arrival: Arrival, visit: Visit) => boolean;
  /** Whether the alternatives belong into the answer. */
  readonly isWished: (arrival: Arrival, visit: Visit) => boolean;
  /** The answer with the alternatives. */
  readonly reply: (asked: Asked, settled: Settled) => Reply;
}

interface TellMoreParts {
  /** who takes JSON only is told where to go */
  readonly jsonAnswers: boolean;
  /** how long what is told is news, in seconds */
  readonly ttl: number;
  readonly views: Views;
  readonly glance: Glance;
}

/** As the settings allow it. */
export const createTellMore = ({ jsonAnswers, ttl, views, glance }: TellMoreParts): TellMore => {
  const isTold: TellMore['isTold'] = ({ accept }, { method }) =>
    accept !== '' && jsonAnswers && isPlainQuestion(method) && wantsTold(accept);

  return {
    isTold,
    isWished: (arrival, visit) =>
      (arrival.prefer !== '' && wantsAlternates(arrival.prefer)) || isTold(arrival, visit),
    reply: (asked, { decision, roster, location }) => {
      const { visit, through, arrival } = asked;
      const { policy, delivery } = through;
      const others = alternativesTo(decision.candidate, { roster, policy, draw: glance(asked, roster) });
      const alternatives = others.map(({ secondary }) => locate(secondary.address, visit.host, visit.target));
      if (isTold(arrival, visit)) {
        return told({ url: location, alternatives, because: decision.because, ttl });
      }
      const reply = delivery(visit, location, views);
      return { ...reply, headers: [...reply.headers, ...alternates(alternatives)] };
    },
  };
};
