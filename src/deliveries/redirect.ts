import type { Reply } from '../model/reply.ts';
import { defineUnit } from '../unit.ts';
import type { Delivery } from './delivery.ts';
import type { Location } from './locate.ts';
import { isPlainQuestion } from './plain-question.ts';

/**
 * The redirect itself: 302 for GET and HEAD, which every browser and program follows with a GET; 307 for the rest,
 * which keeps method and body. Never stored, or one secondary would have the visitor for ever.
 */
export const redirectTo = (method: string, location: Location): Reply => ({
  status: isPlainQuestion(method) ? 302 : 307,
  headers: ['Location', location, 'Cache-Control', 'no-store'],
});

/** Delivers by an HTTP redirect. */
export const redirect = defineUnit({
  summary: 'Sends the visitor on by an HTTP redirect: 302 for GET and HEAD, 307 for everything else.',
  options: () => ({}),
  make:
    (): Delivery =>
    ({ method }, location) =>
      redirectTo(method, location),
});
