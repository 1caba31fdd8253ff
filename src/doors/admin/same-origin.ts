import type { IncomingHttpHeaders } from 'node:http';

/** Methods that change nothing. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a method is one by which nothing changes. */
export const changesNothing = (method: string): boolean => SAFE.has(method);

/** Where a request says it comes from. */
export interface Provenance {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Why a request of another site's page is refused; `undefined` when it is none.
 *
 * Every browser since 2023 says by Sec-Fetch-Site where a request comes from, as long as this door is on https, on
 * localhost or on an address of loopback; else, and if it is older, it gives at least Origin with what is unsafe. A page
 * elsewhere may then have something of a door on plain http asked for, and read or change nothing. Pages on other ports of the
 * same host are `same-site`, and as foreign as any.
 */
export const foreignness = ({ method, headers }: Provenance): string | undefined => {
  const site = headers['sec-fetch-site'];
  const { origin, host } = headers;
  if (SAFE.has(method)) {
    if (site === undefined || site === 'same-origin' || site === 'none') return undefined;
    const isLink = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
    return isLink ? undefined : 'This page may be asked from its own origin only.';
  }
  const isForeign =
    (site !== undefined && site !== 'same-origin') ||
    (origin !== undefined && !isOriginOf(origin, host ?? ''));
  return isForeign ? 'Changes are taken from the own page of this door only.' : undefined;
};

/** The origin may be https where a proxy with a certificate stands in front. `null` is nobody's. */
const isOriginOf = (origin: string, host: string): boolean =>
  origin.toLowerCase() === `http://${host.toLowerCase()}` ||
  origin.toLowerCase() === `https://${host.toLowerCase()}`;

/** Whether a request that changes something says it in JSON: a form of another page cannot. */
export const isJson = ({ method, headers }: Provenance): boolean =>
  SAFE.has(method) || /^application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? '');
