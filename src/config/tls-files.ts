import type { Flaw } from './mistake.ts';
import type { Listen } from './settings.ts';
import { readContent } from './sources.ts';

/**
 * What is wrong with the certificates and keys of a config's doors: better told with its place than by a door that
 * does not open.
 */
export const tlsFlaws = async (listen: readonly Listen[], raw: unknown): Promise<Flaw[]> => {
  const isList = Array.isArray(raw);
  const flaws = await Promise.all(
    listen.map(async ({ tls }, at): Promise<Flaw[]> => {
      const path = isList ? ['listen', at] : ['listen'];
      return tls === undefined ? [] : flawsOfPair(tls, path);
    }),
  );
  return flaws.flat();
};

const flawsOfPair = async (tls: NonNullable<Listen['tls']>, path: Flaw['path']): Promise<Flaw[]> => {
  const [cert, key] = await Promise.all([readContent(tls.cert), readContent(tls.key)]);
  const flaw = (name: string, what: string, fits: string): Flaw => ({
    path: [...path, name],
    at: 'value',
    what,
    fits,
  });
  const unreadable = [
    cert.ok ? [] : flaw('cert', `the file of the certificate ${cert.what}`, 'a PEM file'),
    key.ok ? [] : flaw('key', `the file of the key ${key.what}`, 'a PEM file'),
  ].flat();
  if (!cert.ok || !key.ok) return unreadable;

  const { createSecureContext } = await import('node:tls');
  try {
    createSecureContext({ cert: cert.text, key: key.text });
    return [];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [
      flaw(
        'cert',
        `certificate and key cannot be used: ${why}`,
        'a certificate and its own key, both in PEM',
      ),
    ];
  }
};
