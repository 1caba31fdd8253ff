import type { Reply } from '../model/reply.ts';
import type { Target, Visit } from '../model/visit.ts';
import { htmlHeaders } from './html-headers.ts';
import { isPlainQuestion } from './plain-question.ts';
import type { Views } from './views.ts';

/** Short enough not to bore a visitor, long enough to spare secondaries that have just come back. */
export const AGAIN_IN_SECONDS = 5;

/**
 * A target relative to itself: what comes after its last slash, query included. Unlike the whole target it cannot be
 * taken for another host (`//evil.example`), and with `./` before it not for another scheme either.
 */
export const relativeToItself = (target: Target): string => {
  const [path = ''] = target.split('?', 1);
  const lastSlash = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return `./${target.slice(lastSlash + 1)}`;
};

/**
 * The answer when nobody can take the visitor: 503 with a kind page that tries again by itself. After a POST and its
 * like it does not, because trying again by itself would be a GET and drop what the visitor sent.
 */
export const sorry = ({ method, host, target }: Visit, views: Views): Reply => ({
  status: 503,
  headers: [...htmlHeaders(views.sorry), 'Retry-After', String(AGAIN_IN_SECONDS)],
  body: views.sorry.html(
    isPlainQuestion(method)
      ? { host, again: { inSeconds: AGAIN_IN_SECONDS, at: relativeToItself(target) } }
      : { host },
  ),
});
