import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { keepArtefact } from '../real/artefacts.ts';
import { makeCertificate } from '../real/certificate.ts';
import { openBrowser } from '../real/chromium.ts';
import { startNginx } from '../real/nginx.ts';
import { tempFolder } from '../real/program.ts';
import { freePort } from '../real/port.ts';
import { askRaw, requestText } from './raw.ts';
import { until } from './until.ts';
import { startUsher } from './usher.ts';

test('a browser that comes by http is led to https, then to an https port, and keeps its cookies to itself', async (t) => {
  const { cert, key } = await makeCertificate('DNS:www.example.test,IP:127.0.0.1');
  const keys = await tempFolder({ 'cert.pem': cert, 'key.pem': key });
  t.after(keys.remove);
  const [file, keyFile] = [join(keys.folder, 'cert.pem'), join(keys.folder, 'key.pem')];
  const securePort = await freePort();
  const nginx = await startNginx({
    config: `listen 127.0.0.1:${securePort} ssl; ssl_certificate ${file}; ssl_certificate_key ${keyFile}; location / { try_files $uri /index.html; }`,
  });
  t.after(nginx.stop);
  const [port, tlsPort] = [await freePort(), await freePort()];
  const usher = await startUsher({
    port,
    // the check verifies its certificate
    env: { NODE_EXTRA_CA_CERTS: file },
    config: {
      listen: [
        { host: '127.0.0.1', port },
        { host: '127.0.0.1', port: tlsPort, cert: file, key: keyFile },
      ],
      checks: { from: 'live' },
      redirectToHttps: { names: ['www.example.test'] },
      secondaries: [{ id: 'web1', port: securePort, scheme: 'https' }],
    },
  });
  t.after(usher.stop);

  const ask = (line: string, host: string) => askRaw(port, requestText(line, { Host: host }));
  const posted = await ask('POST /form?x', 'www.example.test');
  assert.equal(posted.status, 307);
  assert.equal(posted.header('location'), `https://www.example.test:${tlsPort}/form?x`);
  assert.equal(posted.header('strict-transport-security'), undefined);
  const other = await ask('GET /x', 'other.example.test');
  assert.equal(other.header('location'), `https://other.example.test:${securePort}/x`);

  const browser = await openBrowser({ hosts: { 'www.example.test': '127.0.0.1' } });
  t.after(() => browser.close());
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  await page.goto(`http://www.example.test:${port}/a%20b?x=1#part`);
  assert.equal(page.url(), `https://www.example.test:${securePort}/a%20b?x=1#part`);
  await keepArtefact('tls.png', await page.screenshot());
  await page.goto(`https://www.example.test:${tlsPort}/.usher/other`);
  const cookies = await context.cookies(`https://www.example.test:${tlsPort}/`);
  assert.deepEqual(
    cookies
      .map(({ name, secure, httpOnly, sameSite }) => ({ name, secure, httpOnly, sameSite }))
      .sort((one, two) => (one.name < two.name ? -1 : 1)),
    ['__Host-usher', '__Host-usher-other'].map((name) => ({
      name,
      secure: true,
      httpOnly: true,
      sameSite: 'Lax',
    })),
  );
});

test('a certificate that is renewed while it runs is shown by every thread; each resumes the sessions of all', async (t) => {
  const first = await makeCertificate('DNS:www.example.test');
  const keys = await tempFolder({ 'cert.pem': first.cert, 'key.pem': first.key });
  t.after(keys.remove);
  const [cert, key] = [join(keys.folder, 'cert.pem'), join(keys.folder, 'key.pem')];
  const port = await freePort();
  const config = {
    ...{ listen: [{ host: '127.0.0.1', port, cert, key }], threads: 2 },
    ...{ checks: { from: 'none' }, secondaries: [{ port: await freePort() }] },
  };
  const usher = await startUsher({ port, config });
  t.after(usher.stop);
  /** The certificates that so many new connections were shown: enough to meet both threads. */
  const shown = async (): Promise<ReadonlySet<string>> =>
    new Set(
      await Promise.all(
        Array.from({ length: 12 }, async () => {
          const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
          await once(socket, 'secureConnect');
          const { fingerprint256 = '' } = socket.getPeerX509Certificate() ?? {};
          socket.destroy();
          return fingerprint256;
        }),
      ),
    );
  /** How many of so many connections are resumed with the session of one. */
  const resumed = async (): Promise<number> => {
    const to = { port, host: '127.0.0.1', rejectUnauthorized: false };
    const begun = connect(to);
    const heard = once(begun, 'session') as Promise<[Buffer]>;
    begun.write('GET / HTTP/1.1\r\nHost: www.example.test\r\n\r\n');
    const [session] = await heard;
    begun.destroy();
    const reused = Array.from({ length: 12 }, async () => {
      const socket = connect({ ...to, session });
      await once(socket, 'secureConnect');
      const isReused = socket.isSessionReused();
      socket.destroy();
      return isReused;
    });
    return (await Promise.all(reused)).filter(Boolean).length;
  };
  const { fingerprint256: before } = new X509Certificate(first.cert);
  assert.deepEqual(await shown(), new Set([before]));
  assert.equal(await resumed(), 12);
  const renewed = await makeCertificate('DNS:www.example.test');
  await writeFile(key, renewed.key);
  await writeFile(cert, renewed.cert);
  // The files are looked at every minute, and with every edit of the config.
  usher.edit({ ...config, debug: true });
  const { fingerprint256: now } = new X509Certificate(renewed.cert);
  assert.notEqual(now, before);
  await until(async () => {
    const seen = await shown();
    assert.ok([...seen].every((each) => each === before || each === now));
    return !seen.has(before);
  }, 60_000);
  assert.deepEqual(await shown(), new Set([now]));
  assert.equal(await resumed(), 12);
});

test(
  'who comes to TLS and never ends his handshake is shown out, and does not keep Usher from its end',
  { timeout: 60_000 },
  async (t) => {
    const pair = await makeCertificate('DNS:www.example.test');
    const keys = await tempFolder({ 'cert.pem': pair.cert, 'key.pem': pair.key });
    t.after(keys.remove);
    const [cert, key] = [join(keys.folder, 'cert.pem'), join(keys.folder, 'key.pem')];
    const port = await freePort();
    const usher = await startUsher({
      port,
      config: {
        ...{ listen: [{ host: '127.0.0.1', port, cert, key }], threads: 2 },
        ...{ checks: { from: 'none' }, secondaries: [{ port: await freePort() }] },
      },
    });
    t.after(usher.stop);
    const come = async () => {
      const socket = connectTcp({ port, host: '127.0.0.1' });
      t.after(() => socket.destroy());
      socket.on('error', () => undefined); // whoever is cut may be reset
      await once(socket, 'connect');
      return socket.resume();
    };
    const slow = await Promise.all([come(), come(), come(), come()]);
    slow[0].write(Buffer.from('160301020001', 'hex')); // of a first word of 512 bytes
    await Promise.all(slow.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    await Promise.all([come(), come(), come(), come()]);
    assert.deepEqual(await usher.stop(), { code: 0, signal: null });
  },
);
