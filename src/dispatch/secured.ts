import type { Settings } from '../config/settings.ts';
import { locate } from '../deliveries/locate.ts';
import { redirectTo } from '../deliveries/redirect.ts';
import type { Reply } from '../model/reply.ts';
import type { Visit } from '../model/visit.ts';

/** The way to the TLS door, for a visit by plain HTTP to a host that has a certificate; `undefined`: he may stay. */
export type Secured = (visit: Visit) => Reply | undefined;

/** As the settings name hosts and port. */
export const createSecured = (settings: Settings['redirectToHttps']): Secured => {
  if (settings === false) return () => undefined;
  const certified = new Set(settings.names);
  const address = { kind: 'same-host', scheme: 'https', port: settings.port } as const;
  return ({ method, scheme, host, target }) =>
    scheme === 'http' && certified.has(host) ? redirectTo(method, locate(address, host, target)) : undefined;
};
