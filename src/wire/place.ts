import { unbracketed } from '../model/ip-literal.ts';
import type { Origin, Scheme } from '../model/secondary.ts';

/** An origin in parts; the host without brackets, as sockets take it. */
export interface Place {
  readonly scheme: Scheme;
  readonly host: string;
  readonly port: number;
}

/** Takes an origin apart. */
export const placeOf = (origin: Origin): Place => {
  const { protocol, hostname, port } = new URL(origin);
  const scheme = protocol === 'https:' ? 'https' : 'http';
  return {
    scheme,
    host: unbracketed(hostname),
    port: port === '' ? (scheme === 'https' ? 443 : 80) : Number(port),
  };
};
