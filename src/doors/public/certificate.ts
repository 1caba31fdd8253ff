import { readFile } from 'node:fs/promises';
import type { Server, ServerOptions } from 'node:https';
import type { Listen } from '../../config/settings.ts';
import { ActionableError } from '../../errors.ts';
import type { Journal } from '../../journal.ts';

/** A certificate with its key, as PEM. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Reads the two files that a listener names. */
export const readCertificate = async ({ cert, key }: NonNullable<Listen['tls']>): Promise<Certificate> => {
  const [certPem, keyPem] = await Promise.all([readPem(cert), readPem(key)]);
  return { cert: certPem, key: keyPem };
};

const readPem = async (file: string): Promise<Buffer> => {
  try {
    return await readFile(file);
  } catch (error) {
    throw new ActionableError(
      `The file ${file} cannot be read: ${(error as Error).message}.`,
      'Name a PEM file that this user may read under "listen".',
    );
  }
};

/** How often the files are looked at: certificates are renewed days before they end. */
const LOOK_MS = 60_000;

export interface Renewal {
  /** Looks at once. */
  readonly look: () => Promise<void>;
  readonly stop: () => void;
}

/**
 * Takes over a renewed certificate while the server runs. One that is half written, or does not fit its key, leaves the
 * one in force, and the operator is told once.
 *
 * @param of the files; `first` what was read from them at the start
 */
export const renewCertificate = (
  server: Pick<Server, 'setSecureContext'>,
  of: NonNullable<Listen['tls']>,
  { first, sessions, journal, everyMs = LOOK_MS }: RenewalOptions,
): Renewal => {
  let inForce = first;
  let told = '';
  const look = async (): Promise<void> => {
    try {
      const found = await readCertificate(of);
      if (found.cert.equals(inForce.cert) && found.key.equals(inForce.key)) return;
      server.setSecureContext({ ...found, ...sessions });
      inForce = found;
      told = '';
      journal({ type: 'certificate-renewed', file: of.cert });
    } catch (error) {
      const because = (error as Error).message;
      if (because !== told) journal({ type: 'certificate-refused', file: of.cert, because });
      told = because;
    }
  };
  const timer = setInterval(() => void look(), everyMs).unref();
  return {
    look,
    stop: () => {
      clearInterval(timer);
    },
  };
};

export interface RenewalOptions {
  readonly first: Certificate;
  /** what keeps sessions good under another certificate, and in other threads; absent: they are this server's own */
  readonly sessions?: Pick<ServerOptions, 'sessionIdContext' | 'ticketKeys'>;
  readonly journal: Journal;
  readonly everyMs?: number;
}
