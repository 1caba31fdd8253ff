import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import type { Certificate } from './peer.ts';

/** A certificate that nobody signed, with a P-256 key as Let's Encrypt gives them out. */
export const makeCertificate = async ({ folder, programs }: Bench): Promise<Certificate> => {
  const [cert, key, both] = ['cert.pem', 'key.pem', 'both.pem'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await programs.run({
    argv: [
      ...(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'] as const),
      ...['-nodes', '-days', '2', '-subj', '/CN=www.example.org', '-keyout', key, '-out', cert],
    ],
  });
  await writeFile(both, (await readFile(cert, 'utf8')) + (await readFile(key, 'utf8')));
  return { cert, key, both };
};
