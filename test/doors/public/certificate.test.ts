import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { readCertificate, renewCertificate } from '../../../src/doors/public/certificate.ts';
import { ActionableError } from '../../../src/errors.ts';
import type { Event } from '../../../src/journal.ts';

const makePair = (tls: { readonly cert: string; readonly key: string }): void => {
  execFileSync(
    'openssl',
    `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -keyout ${tls.key} -out ${tls.cert}`.split(
      ' ',
    ),
    { stdio: 'ignore' },
  );
};

test('a renewed certificate is shown to the next visitor; a broken one leaves the last', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'usher-tls-'));
  context.after(() => rm(folder, { recursive: true }));
  const tls = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  makePair(tls);
  const first = await readCertificate(tls);
  const server = createServer(first).listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const shown = async (): Promise<string> => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const { fingerprint256 } = socket.getPeerX509Certificate() ?? assert.fail('no certificate was shown');
    socket.destroy();
    return fingerprint256;
  };
  const written = async (): Promise<string> => new X509Certificate(await readFile(tls.cert)).fingerprint256;

  const events: Event[] = [];
  const renewal = renewCertificate(server, tls, { first, journal: (event) => events.push(event) });
  context.after(renewal.stop);
  const old = await written();
  assert.equal(await shown(), old);

  const whole = await readFile(tls.cert);
  await writeFile(tls.cert, whole.subarray(0, whole.length / 2));
  await renewal.look();
  await renewal.look();
  assert.equal(await shown(), old);
  assert.deepEqual(
    events.map(({ type }) => type),
    ['certificate-refused'],
  );

  makePair(tls);
  await renewal.look();
  assert.equal(await shown(), await written());
  assert.notEqual(await shown(), old);
  assert.equal(events.at(-1)?.type, 'certificate-renewed');
  await renewal.look();
  assert.equal(events.length, 2);
});

test('a file that cannot be read is a sentence with a remedy', async () => {
  await assert.rejects(
    readCertificate({ cert: '/nonexistent/cert.pem', key: '/nonexistent/key.pem' }),
    ActionableError,
  );
});
