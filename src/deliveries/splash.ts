import type { Reply } from '../model/reply.ts';
import type { Host } from '../model/visit.ts';
import { htmlHeaders } from './html-headers.ts';
import type { Views } from './views.ts';

/** The primary's own splash page, for where the operator has not put one into the site folder. */
export const splash = (host: Host, views: Views): Reply => ({
  status: 200,
  headers: htmlHeaders(views.splash),
  body: views.splash.html({ host, onward: '/' }),
});
