import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { output, tempFolder } from './program.ts';

/** A certificate that vouches for itself, and its key, as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Makes one for these names and addresses, e.g. `DNS:www.example.test,IP:127.0.0.1`. */
export const makeCertificate = async (names: string): Promise<Certificate> => {
  const { folder, remove } = await tempFolder();
  const cert = path.join(folder, 'cert.pem');
  const key = path.join(folder, 'key.pem');
  try {
    await output([
      ...(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'] as const),
      ...['-nodes', '-days', '2', '-subj', '/CN=usher test', '-addext', `subjectAltName=${names}`],
      ...['-keyout', key, '-out', cert],
    ]);
    return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
  } finally {
    await remove();
  }
};
