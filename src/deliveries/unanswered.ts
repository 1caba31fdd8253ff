import type { Reply } from '../model/reply.ts';
import type { Visit } from '../model/visit.ts';
import { htmlHeaders } from './html-headers.ts';
import { isPlainQuestion } from './plain-question.ts';
import { relativeToItself } from './sorry.ts';
import { wantsTold } from './told.ts';
import type { Views } from './views.ts';

/** What programs are told who take JSON; the same word stands in the access log. */
export const UNANSWERED = 'relay-unanswered';

const DETAIL = 'The secondary was asked and gave no answer. What it was asked for may have been done.';

interface Unanswered {
  readonly visit: Visit;
  /** it was waited for in vain; else the connection was cut */
  readonly isLate: boolean;
}

/**
 * The answer to whom a secondary that may have got his request gave none: 504, or 502 where it cut the connection. Nobody
 * is told when to ask again: of what must not be done twice only he can say whether it is to be sent again.
 */
export const unanswered = ({ visit, isLate }: Unanswered, views: Views): Reply => {
  const { method, host, target, accept } = visit;
  const status = isLate ? 504 : 502;
  if (wantsTold(accept)) {
    const told = { url: null, alternatives: [], because: UNANSWERED, detail: DETAIL };
    return { status, headers: JSON_HEADERS, body: `${JSON.stringify(told)}\n` };
  }
  return {
    status,
    headers: htmlHeaders(views.unanswered),
    body: views.unanswered.html(isPlainQuestion(method) ? { host, at: relativeToItself(target) } : { host }),
  };
};

const JSON_HEADERS: readonly string[] = [
  ...['Content-Type', 'application/json'],
  ...['Cache-Control', 'no-store'],
  ...['X-Content-Type-Options', 'nosniff'],
];
