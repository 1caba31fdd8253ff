import net from 'node:net';
import type { LookupFunction, Socket } from 'node:net';
import tls from 'node:tls';
import type { Family } from './wire.ts';

/** Whom to call, and how. */
export interface Call {
  readonly host: string;
  readonly port: number;
  readonly family: Family;
  /** the name that the certificate must bear; absent: no TLS */
  readonly secureFor?: string;
  /** which certificates will do; absent: known ones */
  readonly trusted?: 'known' | 'any';
}

/**
 * Opens a connection. A literal address is called as it is, without a lookup; of the addresses of a name those of the
 * wanted family are tried in turn.
 *
 * @param done called once, when the connection stands (with TLS: when the certificate is trusted) or failed
 * @returns the socket, to be destroyed by whoever gives up waiting
 */
export const dial = (
  call: Call,
  lookup: LookupFunction,
  done: (error: Error | null, socket: Socket) => void,
): Socket => {
  const socket = open(call, lookup);
  let told = false;
  const tell = (error: Error | null): void => {
    if (told) return;
    told = true;
    done(error, socket);
  };
  socket.once(call.secureFor === undefined ? 'connect' : 'secureConnect', () => {
    tell(null);
  });
  // stays on for good: a late error of a socket that nobody wants any more must not end the process
  socket.on('error', tell);
  return socket;
};

const open = ({ host, port, family, secureFor, trusted = 'known' }: Call, lookup: LookupFunction): Socket => {
  const literal = net.isIP(host);
  if (literal !== 0 && family !== 'any' && literal !== family) {
    return new net.Socket().destroy(
      Object.assign(new Error(`${host} is no IPv${family} address`), { code: 'ENOTFOUND' }),
    );
  }
  const to = { host, port, lookup, noDelay: true, ...(family === 'any' ? {} : { family }) };
  if (secureFor === undefined) return net.connect(to);
  return tls.connect({
    ...to,
    ALPNProtocols: ['http/1.1'],
    // SNI names no addresses (RFC 6066 section 3), certificates may
    ...(net.isIP(secureFor) === 0 ? { servername: secureFor } : {}),
    ...(trusted === 'any' ? { rejectUnauthorized: false } : {}),
    checkServerIdentity: (_, certificate) => tls.checkServerIdentity(secureFor, certificate),
  });
};
