import type { Reply } from '../model/reply.ts';
import type { Location } from './locate.ts';

/** What a program that asks for JSON is told instead of being sent. */
export interface Told {
  /** where to go; null: nobody can take him */
  readonly url: Location | string | null;
  /** where else, best first */
  readonly alternatives: readonly Location[];
  /** the reason, one word */
  readonly because: string;
  /** how long this is news, in seconds */
  readonly ttl: number;
}

/** The decision as JSON, for programs that do not follow redirects across origins, or want to choose themselves. */
export const told = (what: Told): Reply => ({
  status: what.url === null ? 503 : 200,
  headers: [
    'Content-Type',
    'application/json',
    'Cache-Control',
    'no-store',
    'X-Content-Type-Options',
    'nosniff',
    ...(what.url === null ? ['Retry-After', String(what.ttl)] : []),
  ],
  body: `${JSON.stringify(what)}\n`,
});

/** Whether JSON is all that an Accept header takes: who takes other types too is sent on to what he wants. */
export const wantsTold = (accept: string): boolean => /^\s*application\/json\s*(?:;[^,]*)?$/i.test(accept);

/** Whether a Prefer header (RFC 7240) wishes the alternatives named. */
export const wantsAlternates = (prefer: string): boolean =>
  /(?:^|,)\s*alternates\s*(?:[=;,]|$)/i.test(prefer);

/** Other places of the same, best first, as RFC 6249 has mirrors named; a header's name and value, or nothing. */
export const alternates = (alternatives: readonly Location[]): readonly string[] =>
  alternatives.length === 0
    ? []
    : [
        'Preference-Applied',
        'alternates',
        'Link',
        alternatives
          .map((location, at) => `<${linked(location)}>; rel="alternate duplicate"; pri=${String(at + 2)}`)
          .join(', '),
      ];

/** A location within angle brackets: the few characters that no URL may hold as they are. */
const linked = (location: Location): string =>
  location.replace(/[<>"\\^`{|}]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
