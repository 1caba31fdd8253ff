import type { IncomingMessage, ServerResponse } from 'node:http';

/** Where the guard sends those who came past the primary. */
export interface GuardOptions {
  /** the primary's origin, as visitors type it: `http://www.example.org` */
  readonly primary: string;
  /** name of its affinity cookie; absent: `usher` */
  readonly cookie?: string;
  /** the id that the primary's list has for this server; needed for `drain` */
  readonly id?: string;
  /** a file; while it exists, visitors are handed back to the primary with their next page */
  readonly drain?: string;
}

/**
 * Middleware of Express or Connect; throws a TypeError for a primary that is no origin. Sets `request.usherAssignment`,
 * `web1.t5c2k0` or undefined, for the access log.
 */
export const guard: (
  options: GuardOptions,
) => (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
