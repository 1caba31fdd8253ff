import { isIP } from 'node:net';
import tls from 'node:tls';
import { attempt } from './attempt.ts';
import { failed, failureOf } from './failure.ts';
import { printable } from './printable.ts';
import type { Failed } from './wire.ts';

/** A certificate as a visitor's browser would meet it. */
export interface CertificateSeen {
  readonly ok: true;
  /** milliseconds since 1970 */
  readonly endsAt: number;
  /** why it is not trusted, printable; absent: it is */
  readonly distrust?: string;
}

/**
 * Shakes hands by TLS and looks at the certificate, trusted or not. Sends nothing.
 *
 * @param place the host without the brackets of a URL, and the name that the certificate should bear
 * @param until aborted when nobody waits any more
 */
export const certificateAt = (
  place: { readonly host: string; readonly port: number; readonly name: string },
  timeoutMs: number,
  until: AbortSignal,
): Promise<CertificateSeen | Failed> =>
  attempt<CertificateSeen>(timeoutMs, until, (settle) => {
    const { host, port, name } = place;
    const socket = tls.connect({
      host,
      port,
      rejectUnauthorized: false,
      ...(isIP(name) === 0 ? { servername: name } : {}),
    });
    socket.on('error', (error) => {
      settle(failureOf(error));
    });
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerCertificate();
      const endsAt = Date.parse(certificate.valid_to);
      if (Number.isNaN(endsAt)) {
        settle(failed('tls', 'it shows no certificate'));
        return;
      }
      const stranger = tls.checkServerIdentity(name, certificate)?.message;
      // Node's type says Error, what stands there is a code
      const untrusted = socket.authorized ? undefined : String(socket.authorizationError);
      const distrust = untrusted ?? stranger;
      settle({ ok: true, endsAt, ...(distrust === undefined ? {} : { distrust: printable(distrust) }) });
    });
    return { doing: () => 'the handshake', stop: () => socket.destroy() };
  });
