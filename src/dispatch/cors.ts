import type { Secondary } from '../model/secondary.ts';
import type { Reply } from '../model/reply.ts';
import type { Host } from '../model/visit.ts';
import type { Arrival } from './visit/arrival.ts';

/**
 * What scripts of other origins are told (the Fetch standard's CORS protocol). A redirect or a decision tells nobody
 * anything that a link would not, so every origin may read it; with the visitor's cookies only pages of the cluster
 * itself. Whether the secondary lets the script in, it says for itself: the browser asks it again.
 */
export interface Cors {
  /** The answer to a preflight; `undefined`: it is none. Browsers follow no redirect of it. */
  readonly preflight: (arrival: Arrival, host: Host) => Reply | undefined;
  /** Adds what lets the page whose script asked read an answer. */
  readonly opened: (reply: Reply, origin: string, host: Host) => Reply;
}

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';
const ORIGIN = /^(https?):\/\/([a-z0-9._[\]:-]{1,255}?)(?::(\d{1,5}))?$/;
const NAMES = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:\s*,\s*[!#$%&'*+\-.^_`|~0-9A-Za-z]+)*$/;
const LONGEST = 1024;
const KEPT_SECONDS = '600';

/** CORS for a list of secondaries and the primary's own doors. */
export const createCors = (
  secondaries: readonly Secondary[],
  doors: readonly { readonly port: number; readonly tls?: unknown }[],
): Cors => {
  const origins = new Set<string>();
  const doorsOfHost = new Set(
    doors.map(({ port, tls }) => `${tls === undefined ? 'http' : 'https'} ${String(port)}`),
  );
  for (const { address } of secondaries) {
    if (address.kind === 'own') origins.add(address.origin);
    else doorsOfHost.add(`${address.scheme} ${String(address.port)}`);
  }

  const isOurs = (origin: string, host: Host): boolean => {
    if (origins.has(origin)) return true;
    const [, scheme = '', name, port = scheme === 'https' ? '443' : '80'] = ORIGIN.exec(origin) ?? [];
    return name === host && doorsOfHost.has(`${scheme} ${port}`);
  };
  const allowing = (origin: string, host: Host): readonly string[] =>
    isOurs(origin, host)
      ? ['Access-Control-Allow-Origin', origin, 'Access-Control-Allow-Credentials', 'true', 'Vary', 'Origin']
      : ['Access-Control-Allow-Origin', '*'];

  return {
    preflight: ({ method, origin, requestedMethod, requestedHeaders }, host) => {
      if (method !== 'OPTIONS' || origin === '' || requestedMethod === '') return undefined;
      const isPlain = requestedHeaders.length <= LONGEST && NAMES.test(requestedHeaders);
      return {
        status: 200,
        headers: [
          ...allowing(origin, host),
          'Access-Control-Allow-Methods',
          METHODS,
          ...(isPlain ? ['Access-Control-Allow-Headers', requestedHeaders] : []),
          'Access-Control-Max-Age',
          KEPT_SECONDS,
          'Cache-Control',
          'no-store',
        ],
      };
    },
    opened: (reply, origin, host) => ({
      ...reply,
      headers: [...reply.headers, ...allowing(origin, host)],
    }),
  };
};
