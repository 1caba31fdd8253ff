import type { Reply } from '../model/reply.ts';
import type { Visit } from '../model/visit.ts';
import { htmlHeaders } from './html-headers.ts';
import { isPlainQuestion } from './plain-question.ts';
import type { Views } from './views.ts';

/** Short enough not to bore a visitor, long enough to spare secondaries that have just come back. */
const AGAIN_IN_SECONDS = 5;

/**
 * The answer when nobody can take the visitor: 503 with a kind page that tries again by itself. After a POST and its
 * like it does not, because trying again by itself would be a GET and drop what the visitor sent.
 */
export const sorry = ({ method, host }: Visit, views: Views): Reply => ({
  status: 503,
  headers: [...htmlHeaders(views.sorry), 'Retry-After', String(AGAIN_IN_SECONDS)],
  body: views.sorry.html(isPlainQuestion(method) ? { host, againInSeconds: AGAIN_IN_SECONDS } : { host }),
});
