import { defineUnit } from '../unit.ts';
import type { Reply } from '../model/reply.ts';
import type { Visit } from '../model/visit.ts';
import { ASK, ASKED, draw, race, shortly } from './choosing.ts';
import type { Choosing, Delivery } from './delivery.ts';
import { htmlHeaders } from './html-headers.ts';
import { redirectTo } from './redirect.ts';
import { takesPages } from './shows-pages.ts';
import type { PageData, Views } from './views.ts';

/** Delivers by a small page that goes on by itself. */
export const page = defineUnit({
  summary:
    'Answers with a small page whose script goes on at once and keeps the #fragment; without script it is the splash page of the primary, with a link on. Methods other than GET and HEAD are redirected, and so are crawlers, pictures and scripts.',
  options: (zod) => ({
    mode: zod
      .enum(['assigned', 'random', 'fastest'])
      .default('assigned')
      .describe(
        'Where the script goes: assigned (the choice of the policy), random (the visitor’s machine draws, by weight), fastest (it asks the first few at once and goes to whoever answers first; after 1.5 s to the choice of the policy).',
      ),
    ask: zod
      .string()
      .regex(/^\/[\x21\x22\x24-\x7e]{0,127}$/)
      .meta({ title: 'a path', examples: ['/favicon.ico'] })
      .default(ASK)
      .describe(
        'fastest: what the secondaries are asked for, by HEAD. Any answer counts, also that there is no such file.',
      ),
  }),
  main: 'mode',
  make: ({ mode, ask }): Delivery => {
    // a function of its own: one that others have too must not be given properties
    const itself: Delivery = (...given) => assigned(...given);
    const choosings = { assigned: named, random: draw(assigned), fastest: race(assigned, ask) };
    return Object.assign(itself, { choosing: choosings[mode] });
  },
});

const assigned: Delivery = (visit, location, views) => deliver(visit, { location }, views);

/** The same, which also names who else could take him, best first, and why the first is. */
const named: Choosing = {
  among: ASKED,
  isForKept: true,
  reply: (visit, location, { views, named: all, because }) =>
    deliver(visit, { location, origins: shortly(all, visit).join(' '), because }, views),
};

const deliver = (visit: Visit, data: Omit<PageData, 'host'>, views: Views): Reply => {
  if (!takesPages(visit)) return redirectTo(visit.method, data.location);
  return {
    status: 200,
    headers: htmlHeaders(views.page),
    body: views.page.html({ host: visit.host, ...data }),
  };
};
