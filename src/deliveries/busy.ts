import type { Delivery } from './delivery.ts';
import { htmlHeaders } from './html-headers.ts';
import { isPlainQuestion } from './plain-question.ts';
import { relativeToItself } from './sorry.ts';

/** Long enough for somebody else to finish. */
export const BUSY_FOR_SECONDS = 15;

/** The answer while as much is carried as the budget allows: 503 with a page that says so, and the direct way. */
export const busy: Delivery = ({ method, host, target }, location, views) => ({
  status: 503,
  headers: [...htmlHeaders(views.busy), 'Retry-After', String(BUSY_FOR_SECONDS)],
  body: views.busy.html(
    isPlainQuestion(method)
      ? { host, location, again: { inSeconds: BUSY_FOR_SECONDS, at: relativeToItself(target) } }
      : { host, location },
  ),
});
