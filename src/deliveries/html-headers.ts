import type { View } from './views.ts';

/**
 * The headers of every HTML page that the primary makes. Without HSTS, which would turn the secondaries' ports into
 * https too, and without X-Frame-Options: where a secondary may be framed, the page on the way to it has to be.
 *
 * The Referrer-Policy lets the secondary see a Referer, as it does after a redirect: the address that the visitor asked
 * the primary for, path and query included. The secondary is asked for the same path and query, so it learns nothing new.
 *
 * @param reached the sources that the page's script may send requests to, as its Content-Security-Policy names them
 */
export const htmlHeaders = (
  { contentSecurityPolicy }: View<never>,
  reached: readonly string[] = [],
): readonly string[] => [
  'Content-Type',
  'text/html; charset=utf-8',
  'Cache-Control',
  'no-store',
  'Content-Security-Policy',
  reached.length === 0 ? contentSecurityPolicy : `${contentSecurityPolicy}; connect-src ${reached.join(' ')}`,
  'X-Content-Type-Options',
  'nosniff',
  'Referrer-Policy',
  'no-referrer-when-downgrade',
];
