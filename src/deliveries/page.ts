import { defineUnit } from '../unit.ts';
import { ASK, draw, race } from './choosing.ts';
import type { Delivery } from './delivery.ts';
import { htmlHeaders } from './html-headers.ts';
import { redirectTo } from './redirect.ts';
import { takesPages } from './shows-pages.ts';

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
    if (mode === 'assigned') return assigned;
    // a function of its own: one that others have too must not be given properties
    const itself: Delivery = (...given) => assigned(...given);
    return Object.assign(itself, { choosing: mode === 'random' ? draw(assigned) : race(assigned, ask) });
  },
});

const assigned: Delivery = (visit, location, views) => {
  if (!takesPages(visit)) return redirectTo(visit.method, location);
  return {
    status: 200,
    headers: htmlHeaders(views.page),
    body: views.page.html({ host: visit.host, location }),
  };
};
