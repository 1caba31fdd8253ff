import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeCertificate } from './certificate.ts';
import { startProgram, tempFolder } from './program.ts';
import { freePort } from './port.ts';

/** A certificate authority for tests, and the resolver that leads all its names to 127.0.0.1. */
export interface Pebble {
  /** URL of its ACME directory */
  readonly directory: string;
  /** file of the certificate that it shows itself */
  readonly trust: string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts Debian's pebble.
 *
 * @param httpPort where it looks for HTTP-01 challenges, instead of port 80
 */
export const startPebble = async (httpPort: number): Promise<Pebble> => {
  const [port, managementPort, dnsPort, dnsManagementPort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const { cert, key } = await makeCertificate('DNS:localhost,IP:127.0.0.1');
  const { folder, remove } = await tempFolder({ 'cert.pem': cert, 'key.pem': key });
  const inFolder = (name: string): string => path.join(folder, name);
  const pebble = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${managementPort}`,
    certificate: inFolder('cert.pem'),
    privateKey: inFolder('key.pem'),
    httpPort,
    tlsPort: 1,
    ocspResponderURL: '',
    externalAccountBindingRequired: false,
  };
  await writeFile(inFolder('pebble.json'), JSON.stringify({ pebble }));

  const dns = await startProgram(
    [
      ...(['pebble-challtestsrv', '-defaultIPv4', '127.0.0.1', '-defaultIPv6', ''] as const),
      ...['-dns01', `127.0.0.1:${dnsPort}`, '-management', `127.0.0.1:${dnsManagementPort}`],
      ...['-http01', '', '-https01', '', '-tlsalpn01', ''],
    ],
    /Starting management server/,
    'pebble',
  );
  try {
    const authority = await startProgram(
      [
        ...(['env', 'PEBBLE_VA_NOSLEEP=1', 'PEBBLE_WFE_NONCEREJECT=0', 'pebble'] as const),
        ...['-config', inFolder('pebble.json'), '-dnsserver', `127.0.0.1:${dnsPort}`],
      ],
      /ACME directory available/,
      'pebble',
    );
    return {
      directory: `https://127.0.0.1:${port}/dir`,
      trust: inFolder('cert.pem'),
      stop: async () => {
        await Promise.all([authority.stop(), dns.stop()]);
        await remove();
      },
    };
  } catch (error) {
    await dns.stop();
    await remove();
    throw error;
  }
};
