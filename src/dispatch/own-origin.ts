import type { Origin } from '../model/secondary.ts';
import type { Visit } from '../model/visit.ts';

const DEFAULT_PORTS = { http: '80', https: '443' } as const;

/**
 * Scheme, host and port under which a visitor came: what he is sent back to when he shall stay with the primary. A bare
 * path would not do: one that begins with `//` leads to another host.
 *
 * @param raw the host he asked for as it came, port included; `visit.host` was read from it
 */
export const ownOrigin = ({ scheme, host }: Visit, raw: string): Origin => {
  const [, port] = /:(\d{1,5})$/.exec(raw) ?? [];
  return port === undefined || port === DEFAULT_PORTS[scheme]
    ? `${scheme}://${host}`
    : `${scheme}://${host}:${port}`;
};
