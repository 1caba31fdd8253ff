import type { Origin } from '../../model/secondary.ts';
import type { Visit } from '../../model/visit.ts';
import type { Arrival } from './arrival.ts';
import type { VisitReader } from './visit.ts';

const DEFAULT_PORTS = { http: '80', https: '443' } as const;

/**
 * Scheme, host and port under which a visitor came: what he is sent back to when he shall stay with the primary. A bare
 * path would not do: one that begins with `//` leads to another host.
 *
 * @param arrival that the visit was read from: the host as it came tells the port
 */
export const ownOrigin = (
  { scheme, host }: Visit,
  arrival: Arrival,
  { forwarded }: Pick<VisitReader, 'forwarded'>,
): Origin => {
  const raw = forwarded(arrival).host ?? arrival.hosts[0] ?? '';
  const [, port] = /:(\d{1,5})$/.exec(raw) ?? [];
  return port === undefined || port === DEFAULT_PORTS[scheme]
    ? `${scheme}://${host}`
    : `${scheme}://${host}:${port}`;
};
