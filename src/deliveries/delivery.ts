import type { Reply } from '../model/reply.ts';
import type { Visit } from '../model/visit.ts';
import type { Location } from './locate.ts';
import type { Views } from './views.ts';

/**
 * How a visitor's browser is told where to go. The location is ready made, because its target may differ from the
 * visit's own (a visitor of an entrance lands elsewhere). Whoever sends the reply adds the affinity cookie, Date,
 * Connection and Content-Length, and leaves the body out for HEAD.
 */
export type Delivery = (visit: Visit, location: Location, views: Views) => Reply;
