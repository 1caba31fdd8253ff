import type { Settings } from '../config/settings.ts';
import { isPlainQuestion } from '../deliveries/plain-question.ts';
import { refusal } from '../deliveries/refusal.ts';
import { AGAIN_IN_SECONDS, sorry } from '../deliveries/sorry.ts';
import { told } from '../deliveries/told.ts';
import type { Views } from '../deliveries/views.ts';
import type { Reply } from '../model/reply.ts';
import type { Answer, MakeAnswer } from './answer.ts';
import type { Asked } from './asked.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { TellMore } from './tell-more.ts';
import type { Refusal } from './visit/visit.ts';

/** Answers to whom nobody takes. */
export interface TurnAway {
  /** What arrived is no visit. */
  readonly refuse: (why: Refusal) => Answer;
  /** Nobody can take this visitor. `undefined`: the primary's own pages do. @param number of the decision */
  readonly nobody: (asked: Asked, number: number | undefined) => Answer | undefined;
}

interface TurnAwayParts {
  readonly whenAllDown: Settings['whenAllDown'];
  readonly views: Views;
  readonly ledger: Pick<Ledger, 'count'>;
  readonly answer: MakeAnswer;
  readonly isTold: TellMore['isTold'];
}

const statuses: Readonly<Record<Refusal, 400 | 405 | 421 | 426>> = {
  'bad-target': 400,
  'bad-host': 400,
  'not-our-name': 421,
  trace: 405,
  websocket: 426,
};

/** Each is counted. */
export const createTurnAway = (parts: TurnAwayParts): TurnAway => {
  const { whenAllDown, views, ledger, answer, isTold } = parts;
  const url = whenAllDown.kind === 'url' ? whenAllDown.url : null;

  const replyTo = ({ visit, arrival }: Asked): Reply => {
    if (isTold(arrival, visit)) {
      return told({ url, alternatives: [], because: 'all-down', ttl: AGAIN_IN_SECONDS });
    }
    if (url === null) return sorry(visit, views);
    return {
      status: isPlainQuestion(visit.method) ? 302 : 307,
      headers: ['Location', url, 'Cache-Control', 'no-store'],
    };
  };

  return {
    refuse: (why) => {
      const status = statuses[why];
      ledger.count(String(status));
      return answer(refusal(status), { id: undefined, because: why, visit: undefined });
    },
    nobody: (asked, number) => {
      if (whenAllDown.kind === 'local') return undefined;
      ledger.count('none');
      return answer(replyTo(asked), { id: undefined, because: 'all-down', visit: asked.visit, number });
    },
  };
};
