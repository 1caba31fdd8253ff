import type { IncomingMessage, ServerResponse } from 'node:http';

/** Where the guard sends those who came past the primary. */
export interface GuardOptions {
  /** the primary's origin, as visitors type it: `http://www.example.org` */
  readonly primary: string;
  /** name of its affinity cookie; absent: `usher` */
  readonly cookie?: string;
}

/** Middleware of Express or Connect; throws a TypeError for a primary that is no origin. */
export const guard: (
  options: GuardOptions,
) => (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
