import { defineUnit } from '../unit.ts';
import type { Delivery } from './delivery.ts';
import { htmlHeaders } from './html-headers.ts';
import { isPlainQuestion } from './plain-question.ts';
import { redirectTo } from './redirect.ts';
import { showsPages } from './shows-pages.ts';

/** Delivers by a small page that goes on by itself. */
export const page = defineUnit({
  summary:
    'Answers with a small page whose script goes on at once and keeps the #fragment; without script it is the splash page of the primary, with a link on. Methods other than GET and HEAD are redirected, and so are crawlers, pictures and scripts.',
  options: () => ({}),
  make: (): Delivery => (visit, location, views) => {
    if (!isPlainQuestion(visit.method) || !showsPages(visit)) return redirectTo(visit.method, location);
    const place = location.slice(0, location.indexOf('/', location.indexOf('//') + 2));
    return {
      status: 200,
      headers: htmlHeaders(views.page),
      body: views.page.html({ host: visit.host, location, place }),
    };
  },
});
